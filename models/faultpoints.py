"""
The named points at which the fault tests kill a child process, so that a crash there is known to be harmless.

A point does nothing at all unless the environment names it in `SANSDELAI_DIE_AT`; then the process ends by SIGKILL,
as in a power cut: nothing is tidied up. An exception raised in process would prove nothing.
"""

import os
import signal

VARIABLE = "SANSDELAI_DIE_AT"

# In the order of a letter's life, then of a deadline's. The fault tests walk all of them.
POINTS = (
    "claimed",  # the lease is written, nothing was done
    "plan_not_written",  # letter and acts are composed in memory
    "write_not_committed",  # every statement of a draft was sent, none is committed
    "planned",  # letter and acts are on record, no connection was made
    "turnstile_not_passed",  # the server accepted the recipient, the letter is not yet marked as being sent
    "data_not_begun",  # marked as being sent, DATA not issued
    "answer_not_recorded",  # the server took the letter, its answer is in memory only
    "answer_recorded",
    "conclusion_not_written",  # a clock is over, what follows is in memory only
    "conclusion_written",
)

# In the life of an incoming message: on record, then deleted from the mailbox.
OF_THE_MAILBOX = (
    "message_not_committed",  # everything was sent to the database, nothing is committed
    "message_committed",  # on record, its copy still lies in the mailbox
    "copy_deleted",  # the copy is gone, the store does not know yet
)

# In the life of a whole store: a restore, then a change of its master key. The tests of these two walk them.
OF_THE_STORE = (
    "restore_not_committed",  # everything was sent to the database, which is still empty for everybody
    "restored_not_replayed",  # the backup is loaded and shut, erased texts are back in it
    "restored_not_opened",  # erasures are carried out and all is audited, the store is still shut
    "rotation_half_done",  # some keys are wrapped anew, others are not
    "old_key_not_dropped",  # all keys are wrapped anew, the old master key still stands in the file
)


def point(name: str) -> None:
    """Die here, if the environment says so."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
