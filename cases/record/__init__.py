"""
What people record: answers, decisions, holds, signatures, withdrawals, looks.

Every function takes case numbers (a list; one is a list of one), the staff code of whoever records (`by`) and the
legal time, and says what it did as events. Prefect never sees who or why.
"""
