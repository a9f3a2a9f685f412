"""Credentials are masked before anything is written: ``password="***"``.

What is masked: values of params and tags, the address of a git remote, sources of datasets, and
what is captured without being asked for: sources of cells, their printed output and tracebacks.
Files that a program logs itself are its own and stay as they are. Metrics hold only numbers.

A text is a credential by its shape (`_SHAPES`), or by the name it is given to
(`secret_names.suspicion`). Every pattern takes linear time: where a run of characters is read
again, it is read from its beginning only, or never given back (``*+``).

``MLTRACK_MASK_SECRETS=0`` turns all of it off.
"""

from __future__ import annotations

import re

from jupyter_mltrack import settings
from jupyter_mltrack.tracking.secret_names import Suspicion, suspicion

#: What stands in place of a credential.
MARK = "***"

#: Shorter texts hold no credential that could be told from a word.
_SHORTEST = 8
_LONG = 20  # and of letters alone it is still no word

#: What begins here does not go on from before. In the text of a string literal, ``\n`` ends a word.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"

#: Credentials that can be told by how they begin and go on, by who gives them out.
_SHAPES = {
    "AWS": r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "Anthropic, OpenAI": r"sk-(?:(?:proj|svcacct|admin|ant|or)-[\w-]{16,}|[A-Za-z\d]{32,})",
    "Databricks": r"dapi[a-f\d]{32}\b",
    "DigitalOcean": r"do[opr]_v1_[a-f\d]{40,}",
    "Discord": r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}",
    "GitHub": r"gh[opsur]_[A-Za-z\d]{30,}|github_pat_\w{22,}",
    "GitLab": r"gl[a-z]{2,8}-[\w-]{20,}",
    "Google": r"AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}",
    "Groq": r"gsk_[A-Za-z\d]{40,}",
    "Hugging Face": r"(?:hf|api_org)_[A-Za-z\d]{30,}",
    "JWT": r"eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+(?:\.[\w-]*+)?",
    "npm": r"npm_[A-Za-z\d]{36}",
    "NVIDIA": r"nvapi-[\w-]{40,}",
    "PyPI": r"pypi-[\w-]{50,}",
    "Replicate": r"r8_[A-Za-z\d]{30,}",
    "SendGrid": r"SG\.[\w-]{16,}+\.[\w-]{16,}",
    "Slack": r"(?:xox[a-z]|xapp)-[A-Za-z\d-]{10,}",
    "Slack hooks": r"https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}",
    "Stripe": r"[rs]k_(?:live|test)_[A-Za-z\d]{16,}|whsec_[A-Za-z\d]{24,}",
    "Telegram": r"\d{8,10}:AA[\w-]{33}",
    "W&B": r"wandb_v\d_[\w-]{20,}",
}
_SHAPE = re.compile(f"{_START}(?:{'|'.join(_SHAPES.values())})")

#: Credentials that can be told by where they stand: what the group `secret` finds.
_PLACES = {
    "private key": r"""
        -----BEGIN\ [A-Z ]{0,30}PRIVATE\ KEY(?:\ BLOCK)?-----
        (?P<secret> (?: [^-] | -(?!----) ){1,16000}+ (?=-----END)
                  | (?: (?: \\[nr] | [\s"'] )*+ [A-Za-z\d+/=]{40,}+ )++ )""",
    "password in a URL": r"""
        (?<=://) (?<!docker://) [^\s/@:"'<>]*+ : (?P<secret> [^\s/@"'<>]++ ) @""",
    # What stands before the @ of Azure's storage is a container, and of an image its name.
    "user in a URL": r"""
        (?<=://) (?<!abfs://) (?<!abfss://) (?<!adl://) (?<!docker://) (?<!wasb://) (?<!wasbs://)
        (?P<secret> [^\s/@:"'<>]{16,}+ ) @""",
    "signed URL": r"""(?i)[?&](?:x-\w{1,9}-)?sig(?:nature)?= (?P<secret> [^\s&"'<>]{8,} )""",
    "bearer": r"""(?i)
        \b bearer \s{1,4} (?P<secret> (?= [a-z._~+/-]{0,200}+ [\d=] ) [\w.~+/=-]{12,} )""",
    "header": r"""(?i)
        \b authorization ["']? \s{0,3} [:=] \s{0,3} ["']? [a-z]{3,10} \s{1,4}
        (?P<secret> [^\s"',]{4,} )""",
    "pair": r"""(?i)
        \b auth \s?=\s? \w{0,20} \( \s? \\{0,3}["'] [^"'\n]{0,200} ["'] \s?,\s?
        \\{0,3}["'] (?P<secret> [^"'\\\n]{1,200} ) \\{0,3}["']""",
    "SQL": r"(?i)\b (?: password | identified\ by ) \s{1,4} ' (?P<secret> [^'\n]{1,200} ) '",
    "curl": r"""
        \b (?:curl|https?|wget) \b [^\n]{0,200}?
        \s (?:-u|--user) [ =] ["']? [^\s:"']{1,100} : (?P<secret> [^\s:"']{4,200} )""",
}
_PLACED = [re.compile(pattern, re.VERBOSE) for pattern in _PLACES.values()]

#: Without one of these, nothing in a text stands at a place or is given to a name.
_SEPARATOR = re.compile(r"[\s:=\"']")

#: A name and its value: in Python, JSON, YAML, a shell, a query string, a connection string.
_GIVEN = re.compile(
    r"""
    (?<![\w-]) (?P<dashes>--?)? (?P<name>[A-Za-z_][\w.-]{0,120}+) (?P<closing>[\\"'\]]{0,4})
    (?: \s? : \s? [A-Za-z][\w.\[\], |]{0,60} (?=\s?=[^=]) )?        # the type of a variable
    (?P<given> \s{0,8} (?: := | => | = | : | , ) \s{0,8} | (?(dashes) [ ]{1,4} | (?!) ) )
    (?: [bBfFrRuU]{0,2} (?P<quote> \"{3} | '{3} | " | ' | (?:\\{1,7}["']){1,3} ) )?
    """,
    re.VERBOSE,
)
_UNQUOTED = re.compile(r"[^\s\"'`,;&<>|()\[\]{}=:]+={0,2}(?![\w(\[=])")
_QUOTED = {
    '"': re.compile(r"(?:\\.|[^\\\n\"])*+(?=\")"),
    "'": re.compile(r"(?:\\.|[^\\\n'])*+(?=')"),
    '"""': re.compile(r"(?:\\.|[^\\\"]|\"(?!\"\"))*+(?=\"\"\")", re.DOTALL),
    "\\": re.compile(r"[^\\\"'\n]*+(?=\\)"),  # a quote within a literal
    "'''": re.compile(r"(?:\\.|[^\\']|'(?!''))*+(?=''')", re.DOTALL),
}

#: What is written where a credential will be.
_STAND_IN = re.compile(
    r"""(?is) (?: bearer | basic | token )? \s*
    (?: \*+ | [x.…_-]* | <.*> | \[.*\] | \{.*\} | .*\{[A-Z_][\w.\[\]'"]*\}.*
      | \$[A-Z_\d]+ | \$[{(].* | %\(?\w.* | None | null | true | false )""",
    re.VERBOSE,
)
#: A file that holds one is none.
_FILE = re.compile(
    r"(?:\.{1,2}|~|/(?:Users|content|data|etc|gpfs|home|lustre|mnt|opt|root|run|scratch|secrets|srv"
    r"|tmp|usr|var|work\w*))/.*"
    r"|[\w./ -]+\.(?:cfg|crt|env|ini|json|key|p12|pem|toml|txt|ya?ml)"
)


def masked(text: str) -> str:
    """The text with `MARK` in place of each credential.

    Example:
        >>> masked("connect('db', password='hunter2')")
        "connect('db', password='***')"
    """
    if len(text) < _SHORTEST or not settings.mask_secrets():
        return text
    text = _SHAPE.sub(MARK, text)
    if not _SEPARATOR.search(text):  # one word, as most values are
        return text
    for pattern in _PLACED:
        text = pattern.sub(_mask_secret, text)
    return _mask_given(text)


def masked_value(name: str, text: str) -> str:
    """The value of a param or tag: as `masked`, and `MARK` if the name is that of a credential."""
    doubt = suspicion(name)
    if doubt is not None and _is_credential(doubt, text) and settings.mask_secrets():
        return MARK
    return masked(text)


def _mask_secret(found: re.Match[str]) -> str:
    """A credential at a known place, masked; the place stays."""
    if _STAND_IN.fullmatch(found["secret"]) or found["secret"].isdigit():
        return found[0]
    start, end = (at - found.start() for at in found.span("secret"))
    return f"{found[0][:start]}{MARK}{found[0][end:]}"


def _mask_given(text: str) -> str:
    """Mask what is given to the name of a credential."""
    pieces: list[str] = []
    done = 0
    for found in _GIVEN.finditer(text):
        doubt = suspicion(found["name"])
        if doubt is None or found.start() < done:
            continue
        quote = found["quote"]
        ending = _QUOTED["\\" if quote[0] == "\\" else quote] if quote else _UNQUOTED
        value = ending.match(text, found.end())
        if value and (_quoted if quote else _unquoted)(doubt, found, value[0]):
            pieces += [text[done : found.end()], MARK]
            done = value.end()
    return "".join([*pieces, text[done:]])


def _quoted(doubt: Suspicion, found: re.Match[str], value: str) -> bool:
    """Whether a string literal, given to a name, is a credential."""
    if value[:1] in set(" ,;)+"):  # what looked like its beginning was the end of another one
        return False
    if found["given"].strip() != ",":
        return _is_credential(doubt, value)
    # The next item of a list: the value of an option, or something else.
    listed = bool(found["dashes"]) or _is_mixed(value)
    return listed and bool(found["closing"]) and not value.startswith("-")


def _unquoted(doubt: Suspicion, found: re.Match[str], value: str) -> bool:
    """Whether a text without quotes is a credential: in a program it may be a variable."""
    given, name = found["given"], found["name"]
    if "," in given:
        return False
    in_query = found.string[max(found.start() - 1, 0) : found.start()] in {"?", "&", ";"}
    in_shell = given == "=" and name.isupper() and not found["closing"]
    if found["dashes"] or in_shell or (in_query and given == "="):
        return _is_credential(doubt, value) and not value.startswith("-")
    attribute = "." in value and all(part.isidentifier() for part in value.split("."))
    alike = re.split(r"[_.-]", name)[-1].lower() in value.lower()
    plain = given.strip() in {"=", ":"} and _is_credential(doubt, value)
    return plain and not (attribute or alike) and _is_mixed(value)


def _is_credential(doubt: Suspicion, value: str) -> bool:
    """Whether a value is one, if its name says it may be."""
    if not value or _STAND_IN.fullmatch(value) or _FILE.fullmatch(value):
        return False
    if len(value.split()) > 1:  # a phrase, or a text about passwords
        return doubt == "any" and not re.search(r"(?i)password|secret|key|token", value)
    return doubt == "any" or (len(value) >= _SHORTEST and (_is_mixed(value) or len(value) >= _LONG))


def _is_mixed(value: str) -> bool:
    """Whether it has letters and digits, as few words have."""
    found = {(one.isdigit(), one.isalpha()) for one in value}
    return len(value) >= _SHORTEST - 2 and {(True, False), (False, True)} <= found
