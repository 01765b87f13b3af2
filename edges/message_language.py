"""A hint at the language of a text: by its alphabet and by its small words; None when too little was said."""

import re

MOST = 6_000  # characters that are read
FEWEST = 3  # small words that must be there

_SMALL: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in (
        ("fr", "le la les des une du est et nous vous votre vos notre nos pas que qui dans pour avec sur avons été "
               "cette ce sont au aux ne veuillez merci bonjour cordialement vos je suis ou il a"),
        ("en", "the of and to is are you your we our not that this with for has have been was will from please thank "
               "it be i am on hello dear regards"),
        ("de", "der die das und ist nicht wir sie ihre ihren den dem ein eine mit für auf wurde haben werden bitte "
               "von zu ich bin bis guten mit freundlichen grüßen wurden ihnen ihrem uns bei im am inhalt seite"),
        ("nl", "de het een en is niet wij u uw van voor met op werd hebben worden wordt zijn aan dit deze dat ik ben "
               "tot bij geachte groet vriendelijke onze uit inhoud"),
        ("es", "el la los las una del es y nosotros su sus nuestro que no en para con por ha hemos sido este esta se "
               "al gracias estimado saludos le"),
        ("it", "il lo gli una del della è e noi vostro che non per con abbiamo stato questo questa di sono grazie "
               "gentile saluti nel alla"),
        ("pt", "o os as uma do da é e nós seu sua que não para com por foi este esta em são obrigado prezado ao pelo"),
        ("pl", "i w na nie jest się do z że został zostało po przez dla od proszę dziękujemy oraz"),
        ("sv", "och att är inte vi ni har på för med som den det av till tack"),
    )
}  # fmt: skip
_SCRIPTS = (
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"\s*([A-Za-z]{2,3})\b")


def language_of(text: str, declared: str = "") -> str | None:
    """The language of a text such as `fr`; `declared`, a Content-Language header, only if the text tells nothing."""
    text = text[:MOST]
    if not text.isascii():
        for language, letters in _SCRIPTS:
            if len(letters.findall(text)) * 3 > len(text.replace(" ", "")):
                return language
    words = _WORD.findall(text.lower())
    counts = sorted(
        ((sum(word in small for word in words), language) for language, small in _SMALL.items()), reverse=True
    )
    (most, best), (second, _) = counts[0], counts[1]
    if most >= FEWEST and most * 4 >= second * 5:
        return best
    tag = _TAG.match(declared)
    return tag[1].lower() if tag and not words else None
