"""Messages that come in: matched to the letters that they answer, kept as received, and never believed at once."""
