"""
The answer page: the only part that the public reaches.

Its own app, port, key file and database role. A GET shows and changes nothing, because mail scanners open links; a
POST puts one answer beside the record, its words sealed for a key that this process does not have.
"""
