"""
The closed vocabularies of the field: one word for one thing.

Every enum is a `StrEnum`: its value is what stands in the store, in regime files, in import files and in events.
Each member is explained in one clause. `docs/glossary.md` holds the same words for readers.
"""

from enum import StrEnum


class LocationKind(StrEnum):
    """What kind of place holds the content (practice, section 2)."""

    URL = "url"  # a page or file on the public web
    ONION = "onion"  # a Tor hidden service: it has no host that could be told
    CHANNEL_MESSAGE = "channel_message"  # a message in a public channel or group of a messaging service
    ACCOUNT = "account"  # a whole account or profile
    PHONE = "phone"  # a telephone number that spreads the content
    APP = "app"  # an application in a store
    MAGNET = "magnet"  # a peer-to-peer link
    IPFS = "ipfs"  # a content address without a host
    LIVE_STREAM = "live_stream"  # a stream that may end at any moment
    LOGIN_PAGE = "login_page"  # a page behind a login


class PartyKind(StrEnum):
    """Who can be told, asked or must not be told."""

    ONLINE_PLATFORM = "online_platform"  # hosts and disseminates to the public (DSA Art. 3(i))
    HOSTING_PROVIDER = "hosting_provider"  # stores at the request of a recipient (DSA Art. 3(g))
    CDN = "cdn"  # stands before the host; is asked who hosts, is never called the host
    ACCESS_PROVIDER = "access_provider"  # gives access to the internet
    SEARCH_ENGINE = "search_engine"
    SITE_OPERATOR = "site_operator"  # runs the site; never told of child abuse material
    REGISTRANT = "registrant"  # holds the domain name; never told of child abuse material
    UPLOADER = "uploader"  # put the content there; never told
    POLICE = "police"  # Pharos (OFAC) in France
    REGULATOR = "regulator"  # the Digital Services Coordinator; Arcom in France
    PROSECUTOR = "prosecutor"
    COURT = "court"
    DATA_PROTECTION_AUTHORITY = "data_protection_authority"  # Garante in Italy, AEPD in Spain
    MINISTRY = "ministry"  # a government department that decides, as in India
    DISPUTE_BODY = "dispute_body"  # certified out-of-court body (DSA Art. 21), appellate committee
    DNS_RESOLVER = "dns_resolver"  # answers names; can be asked to block
    APP_STORE = "app_store"
    ANCILLARY_SERVICE = "ancillary_service"  # payments, advertising: what a service lives on
    HOTLINE_NETWORK = "hotline_network"  # INHOPE's ICCAM
    HOTLINE = "hotline"  # our own house


class ChannelKind(StrEnum):
    """How a party can be reached."""

    EMAIL = "email"  # the program writes by itself
    FORM = "form"  # a person fills the platform's form
    PORTAL = "portal"  # a person files, the portal's reference is the proof
    API = "api"
    POST = "post"


class EndedWhy(StrEnum):
    """Why a channel is not used any more."""

    BOUNCED = "bounced"  # what we sent came back
    REFUSED = "refused"  # the server, or the addressee, will not take it
    CHANGED = "changed"  # the addressee says that another one is right now
    FORM_CHANGED = "form_changed"  # the form that it named is no longer there
    WRONG = "wrong"  # it reached, or would reach, somebody else


class DirectoryFact(StrEnum):
    """What happened to the directory, in the past tense."""

    PARTY_ADDED = "party_added"
    CHANNEL_ADDED = "channel_added"
    CHANNEL_ENDED = "channel_ended"
    CHANNEL_CHECKED = "channel_checked"  # somebody looked: it is still right
    FORM_CHANGED = "form_changed"  # its fields are not those that are described any more
    FORM_MENDED = "form_mended"  # the description, or the form, is right again


class Standing(StrEnum):
    """Who may act under a regime."""

    ANYONE = "anyone"
    TRUSTED_FLAGGER = "trusted_flagger"  # within its designated area only
    VICTIM = "victim"  # the person concerned, or somebody with that person's mandate
    RECIPIENT = "recipient"  # a recipient of the service, or a body with a mandate (DSA Art. 53, 86)
    CLAIMANT = "claimant"  # whoever a court accepts as claimant; counsel decides
    PROVIDER = "provider"  # a duty of the service itself: nobody sends anything under it
    AUTHORITY = "authority"  # an authority only: we follow its procedure and never open it ourselves


class Depicted(StrEnum):
    """Whom the content shows. A minor's image is child abuse material, never an "intimate image"."""

    ADULT = "adult"
    MINOR = "minor"
    UNKNOWN = "unknown"
    NOBODY = "nobody"  # no person is shown


class LetterKind(StrEnum):
    """What a procedure sends, by kind of addressee; and the letters that accompany it."""

    NOTICE = "notice"  # to a platform or host
    COMPLAINT = "complaint"  # to a regulator
    REFERRAL = "referral"  # to police, prosecutor or the network of hotlines
    REQUEST = "request"  # to a party who can block, or to the authority that may ask for it
    APPLICATION = "application"  # to a court
    REMINDER = "reminder"  # courtesy: repeats a notice, never a deadline of its own
    RETRACTION = "retraction"  # takes a wrong letter back
    STAFF = "staff"  # to our own people


class Stage(StrEnum):
    """Where one procedure stands. A stage is a state; what happened is a `Fact`."""

    OPENED = "opened"  # chosen by the law, nothing has left the house
    WAITING = "waiting"  # a person must supply, sign or file something first
    RUNNING = "running"  # the addressee was told, or the authority acted: the clock runs
    IN_FORCE = "in_force"  # a temporary block was granted and lives
    COMPLIED = "complied"  # final: every location is gone, or the authority did what was asked
    MISSED = "missed"  # final: a legal clock ran out
    UNANSWERED = "unanswered"  # final: a house clock ran out on a soft duty; nobody breached anything
    REFUSED = "refused"  # final: the addressee said no
    MOVED = "moved"  # final: the content is somewhere else, another route begins
    WITHDRAWN = "withdrawn"  # final: we took it back, or what it rested on fell away
    LAPSED = "lapsed"  # final: the measure ended by itself
    LIFTED = "lifted"  # final: the measure was lifted before its end
    CONFIRMED = "confirmed"  # final: the court confirmed, a measure of its own follows


class Fact(StrEnum):
    """What can happen to a procedure, in the past tense."""

    FOUND_WANTING = "found_wanting"  # the gate or the addressee's channel lacks something; a person was asked
    SUPPLIED = "supplied"  # what was missing is there; the gate is tried again
    GIVEN = "given"  # the letter was accepted by a mail server, or filed at a portal
    NOT_DELIVERED = "not_delivered"  # the server refused the letter for good, or nobody knows what became of it
    ACTED = "acted"  # an authority opened its own procedure, which we follow
    WENT = "went"  # two spaced looks saw nothing at every location
    RAN_OUT = "ran_out"  # the legal clock ended and the content is still there
    STAYED_SILENT = "stayed_silent"  # the house clock ended and the content is still there
    DECLINED = "declined"  # the addressee, authority or court said no
    LEFT = "left"  # the content moved to another host or country
    TAKEN_BACK = "taken_back"  # retraction, revoked mandate, withdrawn complaint
    GRANTED = "granted"  # a temporary block was ordered
    EXPIRED = "expired"  # the measure reached its end
    ENDED_EARLY = "ended_early"  # what lifts the measure happened
    UPHELD = "upheld"  # the court confirmed the measure


class ReportStage(StrEnum):
    """Where a report stands; derived from its procedures, sights and holds by one pure function, never set."""

    RECEIVED = "received"  # nothing has left the house
    WAITING = "waiting"  # everything that is open waits for a person
    HELD = "held"  # the police asked that nothing leave
    NOTIFIED = "notified"  # a platform or host was told
    ESCALATED = "escalated"  # an authority was told after a host failed, or first by order of addressees
    BLOCKED = "blocked"  # a temporary block is in force
    REMOVED = "removed"  # not seen any more; under watch for its return
    RETRACTED = "retracted"  # we were wrong and said so
    CLOSED = "closed"  # nothing is due any more


class Sight(StrEnum):
    """What one look at one location showed. Only two spaced `REMOVED` make a removal."""

    REMOVED = "removed"  # the host says that it is not there (404, 410); one look alone proves nothing
    UNAVAILABLE = "unavailable"  # time-out, refused connection, server fault, maintenance page
    LOGIN_WALL = "login_wall"  # a login is asked
    AGE_GATED = "age_gated"  # an age check stands before it
    BLOCKED_HERE = "blocked_here"  # 451, or the stop page of the Interior Ministry: others may still see it
    MOVED = "moved"  # it redirects to another host
    CHANGED = "changed"  # something else stands there
    ALIVE = "alive"  # it answers
    UNKNOWN = "unknown"  # cannot tell; a soft 404 is one of these


class Basis(StrEnum):
    """What a sight rests on (practice 1.6)."""

    STATUS = "status"  # status line and headers only; the body was not read
    BODY = "body"  # the body was read in memory, never stored
    ANALYST = "analyst"  # a person looked


class Receipt(StrEnum):
    """How far receipt of a letter is proven (practice 1.7), in rising order."""

    NONE = "none"
    RELAY = "relay"  # 1: given to our relay; not the addressee's receipt
    SERVER = "server"  # 2: accepted by the addressee's own mail server
    ACKNOWLEDGED = "acknowledged"  # 3: the addressee said so
    PORTAL = "portal"  # 4: the portal gave a reference

    @property
    def level(self) -> int:
        """0 to 4; a clock that runs from receipt starts at 2 or above."""
        return _LEVELS[self]


_LEVELS = {receipt: level for level, receipt in enumerate(Receipt)}


class Deed(StrEnum):
    """What a duty asks for. The first group is done by the machine, the second waits for a person."""

    ROUTE = "route"  # decide which procedures to open
    NOTIFY = "notify"  # send what the procedure sends
    REMIND = "remind"  # courtesy
    VERIFY = "verify"  # look at every location
    CONCLUDE = "conclude"  # the deadline is there: say what it came to and open what follows
    WATCH = "watch"  # look whether removed content came back
    REVIEW = "review"  # a measure in force must be reviewed
    END_BLOCK = "end_block"  # a measure reaches its end
    RETRACT = "retract"  # tell everybody whom we told that we were wrong
    ALARM = "alarm"  # an emergency was not confirmed in time: alarm a second person
    CLOSE = "close"  # nothing is due any more

    CALL = "call"  # an emergency: telephone now
    SIGN = "sign"  # a prepared letter waits for a named signatory and a second person
    FILE = "file"  # a portal or form waits to be filled in
    SUPPLY = "supply"  # something that the gate asks for is missing
    LOOK = "look"  # a machine may not or cannot look; an analyst must
    DECIDE = "decide"  # no route, an end of hold, a contested notice: a person decides
    RESOLVE = "resolve"  # nobody knows whether a filing went out: a person finds out


class LetterStatus(StrEnum):
    """What is known about a letter and the acts that it carries."""

    PLANNED = "planned"  # the intention is written, nothing left
    PREPARED = "prepared"  # complete and on time, waits for two people
    SENDING = "sending"  # DATA may have begun; without an outcome this becomes unknown
    SENT = "sent"  # a server accepted it, its answer is kept
    REFUSED = "refused"  # a server refused it for good
    BOUNCED = "bounced"  # a server took it, and said later that it could not be delivered
    UNKNOWN = "unknown"  # the connection or the process died between DATA and the answer
    SUPERSEDED = "superseded"  # not sent, because something newer or a withdrawal overtook it


class Answer(StrEnum):
    """What a message that came in says. It closes nothing and moves no legal clock until that is verified."""

    BOUNCE = "bounce"  # a mail system could not deliver our letter
    DELIVERY = "delivery_report"  # a mail system says what became of our letter
    AUTOMATIC = "automatic_reply"  # nobody read it yet: out of office
    ACKNOWLEDGED = "acknowledged"  # received, often with a ticket number
    REFUSED = "refused"  # the addressee says no
    ASKS_INFORMATION = "asks_information"  # something is missing for them
    CLAIMS_REMOVAL = "claims_removal"  # they say that it is gone: a look follows
    NOT_OURS = "not_ours"  # somebody else hosts it
    CONTESTED = "contested"  # they say that we are wrong, and why
    OTHER = "other"  # a person reads it


class IncomingState(StrEnum):
    """Where a message that came in stands."""

    FILED = "filed"  # it belongs to a letter, or to reports that a person named
    QUARANTINED = "quarantined"  # it matches nothing or two letters: a person files or discards it
    DISCARDED = "discarded"  # a person, or a rule for loops, put it away; its text is gone


class MatchedBy(StrEnum):
    """What tied a message to a letter; the From line never does."""

    NOTHING = "nothing"
    REFERENCE = "reference"  # it names the Message-ID of a letter
    ADDRESS = "address"  # it came to the signed address of a letter
    ENVELOPE = "envelope"  # a mail system gave our signed envelope id back
    NUMBER = "number"  # the subject names a case of which one letter left
    LINK = "link"  # the signed link of the answer page
    PERSON = "person"  # a member of staff said so


class MeasureTarget(StrEnum):
    """What a temporary block reaches."""

    URL = "url"
    SITE = "site"
    SERVICE = "service"
    ACCOUNT = "account"
    HASH = "hash"  # a fingerprint that uploads are compared with
    APP = "app"
    LINK = "link"  # a result of a search engine


class Decider(StrEnum):
    """Who decides a measure."""

    PROVIDER = "provider"
    POLICE = "police"
    MINISTRY = "ministry"
    REGULATOR = "regulator"
    DATA_PROTECTION_AUTHORITY = "data_protection_authority"
    COURT = "court"


class Bearer(StrEnum):
    """On whom a clock runs."""

    ADDRESSEE = "addressee"  # whom we tell, or whom the authority tells
    AUTHORITY = "authority"
    COURT = "court"
    POLICE = "police"
    APPELLANT = "appellant"  # whoever contests: provider, content provider, blocked party
    SENDER = "sender"  # whoever put the content there and is asked
    NOTIFIER = "notifier"  # we, or whoever complained
    DISPUTE_BODY = "dispute_body"


class Nature(StrEnum):
    """What the end of a clock means."""

    HARD = "hard"  # a fixed time: at its end it is missed
    SOFT = "soft"  # no number in the law ("without undue delay"): it can never be missed
    AT_LATEST = "at_latest"  # as soon as possible, and no later than
    MAXIMUM = "maximum"  # a maximum that an authority may extend or shorten
    MINIMUM_WAIT = "minimum_wait"  # the next step is not lawful before its end
    WINDOW = "window"  # what must stay open at least so long
    SILENCE = "silence"  # nobody spoke until its end: that allows something


class StartFact(StrEnum):
    """What starts a clock. The first three are what our own procedures record."""

    GIVEN = "given"  # our letter left
    RECEIVED = "received"  # the addressee received it, with proof of the level named
    ACTED = "acted"  # an authority acted, as it told us
    VALID_REQUEST = "valid_request"  # a valid and complete request was received
    NOTICE_GIVEN = "notice_given"  # an authority gave its notice
    ORDER = "order"  # an order was made
    JUDGMENT = "judgment"
    INFORMED = "informed"  # somebody was informed of a decision
    AWARE = "aware"  # the service knew
    COMPLAINT = "complaint"  # a complaint was made
    REGISTERED = "registered"  # a court registered the case
    BLOCKED = "blocked"  # the block began
    NO_LONGER_ILLEGAL = "no_longer_illegal"  # what was blocked is lawful now
    ANOTHER_CLOCK = "another_clock"  # the end of another clock of the same regime


class RegimeStatus(StrEnum):
    """Where a body of rules stands on a day."""

    IN_FORCE = "in_force"
    ADOPTED_NOT_APPLICABLE_YET = "adopted_not_applicable_yet"
    EXPIRED = "expired"
    PROPOSAL = "proposal"
    REPEALED = "repealed"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How a statement of law was checked; never upgraded by a program."""

    TEXT = "text"  # primary text read
    EXCERPT = "excerpt"  # excerpt of the primary text read
    SECONDARY = "secondary"  # secondary source
    UNVERIFIED = "unverified"  # from general knowledge, no source located


class RuleKind(StrEnum):
    """Whether a number is the law's or ours."""

    LAW = "law"
    HOUSE = "house"  # ours; never called a legal deadline in a letter


class LateCause(StrEnum):
    """Why something was done after its legal date."""

    OUTAGE = "outage"  # no dispatch finished a pass at that time
    BRAKE = "brake"  # many letters waited after a silence until a person released them
    STOPPED = "stopped"  # a person had stopped all sending
    HELD = "held"  # the police had asked that nothing leave
    GATE = "gate"  # something waited for a person
    MAIL = "mail"  # the mail server could not be reached, or asked to wait
    UNKNOWN = "unknown"  # nothing on record explains it
