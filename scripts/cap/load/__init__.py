"""Bronze: the user's files, in whatever shape they come, as the 27 tables of the contract.

contract → discover (files) → inspect (parquet, csvfiles, jsonfiles) → plan (SQL) → bronze (the warehouse).
"""

from cap.load.command import load

__all__ = ["load"]
