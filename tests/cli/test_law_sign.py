"""`sansdelai law sign` before any database is opened."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def test_an_unknown_regime_is_told_before_the_database_is_looked_for(tmp_path: Path) -> None:
    """Without a database the fault of the words typed comes first, with the regimes that exist."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANSDELAI_")}
    words = ["law", "sign", "nope", "--by", "L-01", "--until", "2027-06-30T00:00+02:00"]
    done = subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", *words], cwd=PROJECT, capture_output=True, text=True,
        env=clean | {"SANSDELAI_DATABASE_URL": "postgresql://127.0.0.1:1/none"}, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown regime 'nope'; allowed: " in done.stderr and "eu-dsa-16" in done.stderr
