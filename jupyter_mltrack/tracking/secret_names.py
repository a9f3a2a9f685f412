"""Which names belong to credentials: ``db_password`` and ``OPENAI_API_KEY``, not ``max_tokens``.

A name is cut into words at ``_ - .`` and at capitals; its last words decide.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

#: ``any``: whatever text it has is a credential. ``shape``: only a text that looks like one.
Suspicion = Literal["any", "shape"] | None

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

#: The last word of a name that says it all.
_LAST = frozenset(
    "apikey authtoken authorization credential credentials passcode passphrase passwd password"
    " privatekey secret secretkey".split()
)
_ENDINGS = ("apikey", "passwd", "password", "secret")  # PGPASSWORD, dbpassword

#: The last word of a name that may have another meaning.
_DOUBTFUL = frozenset("accesstoken hftoken pass pw pwd sshpass token".split())

#: What stands before ``key`` in the name of a credential; a sort key or a primary key is none.
_KEYS = frozenset(
    "access accesskey admin ai anthropic api app auth azure cohere comet consumer datadog"
    " encryption gemini google gpg groq hf huggingface kaggle license master mistral neptune"
    " openai pinecone private secret sendgrid signing ssh storage stripe subscription"
    " wandb".split()
)
_DOUBTFUL_KEYS = frozenset("account client host service shared".split())

#: What stands before ``token`` where texts are cut into tokens.
_VOCABULARY = frozenset(
    "additional assistant audio begin bos class classification cls completion content decoder"
    " delimiter empty end eos eot extra fill first generated image infix input instruction label"
    " language last mask max min new next oov output pad padding per placeholder predicted prefix"
    " previous prompt query rare response sentinel sep separator space special split start stop"
    " subword suffix system target task text trigger unk unknown user video vision vocab"
    " word".split()
)


@functools.lru_cache(maxsize=4096)
def suspicion(name: str) -> Suspicion:
    """How far a name says that its value is a credential.

    Example:
        >>> suspicion("smtp.password"), suspicion("token"), suspicion("tokenizer")
        ('any', 'shape', None)
    """
    words = [word.lower() for word in _WORD.findall(name[-200:])]
    while words and words[-1].isdigit():  # password2, API_KEY_2
        words.pop()
    if not words:
        return None
    *before, last = words
    previous = before[-1] if before else ""
    if last in _LAST or last.endswith(_ENDINGS) or (last == "key" and previous in _KEYS):
        return "any"
    if last in _DOUBTFUL and previous not in _VOCABULARY:
        return "shape"
    if last == "key" and previous in _DOUBTFUL_KEYS:
        return "shape"
    return None
