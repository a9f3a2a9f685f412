"""Made-up credentials in the texts they are met in, and innocent texts that look a little alike.

They are put together at run time, from random characters, so that no scanner of repositories
finds one here.
"""

from __future__ import annotations

import random
import string
from typing import NamedTuple

_LETTERS = string.ascii_letters + string.digits
_UPPER = string.ascii_uppercase + "234567"
_HEX = "0123456789abcdef"


class Met(NamedTuple):
    """A text with a credential in it.

    Attributes:
        text: As somebody wrote or printed it.
        secret: What must not be kept.
    """

    text: str
    secret: str


#: How a credential begins, of which characters it goes on, and how long.
_SHAPES = [
    *(("AK" + "IA", _UPPER, 16), ("AS" + "IA", _UPPER, 16)),
    *((f"gh{kind}_", _LETTERS, 36) for kind in "pousr"),
    ("github" + "_pat_", _LETTERS, 60),
    *(("gl" + "pat-", _LETTERS, 20), ("gl" + "dt-", _LETTERS, 24)),
    *(("hf" + "_", _LETTERS, 34), ("api_" + "org_", _LETTERS, 34)),
    *((f"xo{kind}-", _LETTERS, 40) for kind in ("xb", "xp", "xa")),
    *((f"sk-{kind}-", _LETTERS, 44) for kind in ("proj", "ant", "svcacct", "or")),
    ("s" + "k-", _LETTERS, 48),
    *(("AI" + "za", _LETTERS, 35), ("ya" + "29.", _LETTERS, 60), ("GOC" + "SPX-", _LETTERS, 28)),
    *((f"{kind}_live_", _LETTERS, 24) for kind in ("sk", "rk")),
    ("npm" + "_", _LETTERS, 36),
    ("py" + "pi-", _LETTERS, 80),
    ("da" + "pi", _HEX, 32),
    ("dop" + "_v1_", _HEX, 64),
    ("nv" + "api-", _LETTERS, 64),
    ("r" + "8_", _LETTERS, 37),
    ("gs" + "k_", _LETTERS, 52),
    ("123456789:" + "AA", _LETTERS, 33),
    ("https://hooks." + "slack.com/services/T0/B0/", _LETTERS, 24),
]

#: Where a password is met; ``@`` is the place.
_PLACES = """
password = "@"
password: str = '@'
connect("db", user="me", password='@')
{"user": "me", "password": "@"}
{'db_password': '@', 'user': 'me'}
config["smtp"]["password"] = "@"
os.environ["OPENAI_API_KEY"] = "@"
os.environ.setdefault("WANDB_API_KEY", "@")
client_secret = b"@"
api_key="@",
apiKey: "@",
"authToken": "@"
hub_token = '@'
login(token="@")
AWS_SECRET_ACCESS_KEY=@
export DB_PASSWORD=@
%env MY_SECRET=@
!mysql --password @ --host h
!mysql --password=@ --host h
["mysql", "--password", "@"]
!curl -u me:@ https://example.org/
!curl -H "Authorization: Basic @" https://example.org/
headers = {"Authorization": "Bearer @"}
headers = {"X-Api-Key": "@"}
requests.get(url, auth=("me", "@"))
requests.get(url, auth=HTTPBasicAuth("me", "@"))
postgresql://me:@@db.example.org/x
redis://:@@localhost:6379/0
!git clone https://me:@@example.org/x.git
mongodb+srv://me:@@cluster0.example.org
https://example.org/api?user=me&token=@&x=1
https://example.org/f?X-Amz-Signature=@
https://example.org/f?sp=r&sig=@
Server=db;User Id=me;Password=@;Encrypt=yes
DefaultEndpointsProtocol=https;AccountName=me;AccountKey=@;EndpointSuffix=x
CREATE USER me IDENTIFIED BY '@'
ALTER ROLE me WITH PASSWORD '@'
password: @
db_password = @
private_key = \"\"\"@\"\"\"
def login(user, password="@"):
connection_secret := "@"
""".strip().splitlines()


def credentials() -> list[Met]:
    """All of them, other ones each time."""
    dice = random.Random()
    found = []
    for begin, letters, length in _SHAPES:
        secret = begin + "".join(dice.choices(letters, k=length - 1)) + "7"
        found.append(Met(f"got {secret} from them", secret))
    for place in _PLACES:
        secret = "p4" + "".join(dice.choices(_LETTERS, k=20))
        found.append(Met(place.replace("@", secret, 1), secret))
    return [*found, _jwt(dice), _private_key(dice)]


def _jwt(dice: random.Random) -> Met:
    parts = ["".join(dice.choices(_LETTERS, k=30)) for _ in range(3)]
    return Met("cookie: ey" + f"J{parts[0]}.ey" + f"J{parts[1]}.{parts[2]}", parts[1])


def _private_key(dice: random.Random) -> Met:
    lines = ["".join(dice.choices(_LETTERS, k=64)) for _ in range(5)]
    kind = "RSA PRIV" + "ATE KEY"
    return Met("\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"]), lines[3])


#: Names and values of params and tags as people log them.
INNOCENT_VALUES = """
max_tokens=2048 tokenizer=bert-base-uncased n_tokens=100000 token_dropout=0.1 key=a author=Ada
password_length=12 pad_token=[PAD] eos_token=</s> mask_token=<mask> unk_token=[UNK] sep_token=|
bos_token=<s> special_tokens=true tokens_per_second=1234.5 num_key_value_heads=8 key_size=256
primary_key=customer_id sort_key=date_created foreign_key=orders.id public_key_bits=2048
keyboard=qwerty monkey=banana turkey=istanbul hockey=toronto passenger_count=3 passes=2
password_policy=strong has_password=True use_auth=True auth_method=basic secretary=Jones
token_type=bpe token_limit=4096 token_embedding=learned num_tokens=77 image_token=<image>
stop_token=<|endoftext|> start_token=0 first_token=The next_token_loss=1.25 vocab_size=32000
optimizer=adamw lr=0.0003 model=microsoft/deberta-v3-large dataset=squad_v2 seed=20260101
scheduler=cosine_with_restarts git=4f0c2d1e9b8a7c6d5e4f30211234567890abcdef run=brisk-otter-42
data=s3://bucket/path/part-00017.parquet url=https://example.org/data?v=3&page=7 path=/data/x1
image=registry.example.org/team/img:1.2.3 hash=sha256:9f86d081884c7d659a2feaa0c55ad015 layers=4
loss=binary_crossentropy metric=val:auc@10 features=a,b,c encoder=all-MiniLM-L6-v2 fold=3/5
uuid=123e4567-e89b-12d3-a456-426614174000 date=2026-05-03T10:11:12Z kernel=rbf gpu=A100-80GB
activation=gelu attention=flash_attention_2 dtype=torch.bfloat16 device=cuda:0 quant=nf4:double
credentials=~/.aws/config.json private_key=/etc/ssl/private.pem secret=None token=None api_key=***
api_key=${OPENAI_API_KEY} password=$DB_PASSWORD secret={secret} token=<token> api_key=xxxx
keys=a,b signature=float64->int64 sigma=0.5 sign=1 basic=yes bearer=none authority=eu
description=sk-learn-pipeline-with-random-forest-and-grid-search target=ghp hf=hf_transformers
hidden=256,128,64 kernel_size=3x3 split=train[:80%] prompt=zero-shot crop=224 bias=False a=1
bucket=gs://my-bucket-1/x topic=pypi-stats-2026 name=AKIAN lang=eyJ cell=12ab34cd note=ok
""".split()

#: Lines of notebooks, and what they print.
INNOCENT_LINES = """
password = os.environ["DB_PASSWORD"]
password = getpass.getpass("Password: ")
api_key = os.getenv("OPENAI_API_KEY")
token = get_token()
token = tokens[i + 1]
secret = hmac.new(key, msg, hashlib.sha256).hexdigest()
client = OpenAI(api_key=api_key)
client = OpenAI(api_key=config.openai.api_key)
login(token=hf_token)
def connect(host: str, password: str | None = None) -> Connection:
def f(token: str, secret: bytes, api_key: Optional[str] = None):
if password == other:
if token is None:
parser.add_argument("--password", help="the password of the database")
parser.add_argument("--token", default=None)
parser.add_argument("--api-key", type=str, required=True)
headers = {"Authorization": f"Bearer {token}"}
engine = create_engine(f"postgresql://{user}:{password}@{host}/db")
url = "postgresql://localhost:5432/db"
url = "https://example.org:8080/path?x=1"
git clone git@github.com:team/project.git
ssh://git@example.org/team/project.git
docker run -u 1000:1000 image
tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")
tokens = tokenizer(text, return_tensors="pt", padding=True)
tokenizer.pad_token = tokenizer.eos_token
tokenizer.add_special_tokens({"pad_token": "[PAD]"})
eos_token = "<|endoftext|>"
for token, count in counter.most_common(10):
df.sort_values(key=lambda s: s.str.lower())
df.drop(columns=["password", "email"])
df.groupby("key").agg({"token": "count"})
d = {k: v for k, v in sorted(x.items(), key=lambda kv: kv[1])}
columns = ["user", "password", "created_at"]
row["password"]
row["api_key"] = ""
print("Enter your password:")
print("password:", "*" * 8)
label = {"password": "Your password", "user": "Your name"}
assert secret != ""
secrets.token_hex(16)
secret = secrets.token_urlsafe(32)
KEYS = ["a", "b"]
key = "price"
keys = list(d.keys())
x = d["key"]
primary_key = "customer_id"
author = "Ada Lovelace"
author: Ada Lovelace
passes = 3
token_count: 1234
tokens: 512/512 [00:01<00:00, 300.00it/s]
Epoch 3: loss=0.1234, acc=0.98, tokens/s=12345
The token bert-base-uncased-v2 was not found
The secret of success is patience
Basic usage of convolution2d layers
bearer of bad news
raise ValueError("bad password")
raise KeyError("token")
KeyError: 'password'
with open("/run/secrets/db_password") as f:
password = Path("~/.pgpass").read_text()
credentials = "service-account.json"
credentials, project = google.auth.default()
GOOGLE_APPLICATION_CREDENTIALS=/etc/gcp/key.json
api_key: ${API_KEY}
password: {{ db_password }}
password=<your password>
export TOKEN=$(cat token.txt)
from sklearn.model_selection import GridSearchCV
sk-learn-pipeline-with-random-forest
uuid 123e4567-e89b-12d3-a456-426614174000
commit 4f0c2d1e9b8a7c6d5e4f30211234567890abcdef
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ
model.fit(X_train, y_train, sample_weight=w)
SELECT user, password FROM accounts WHERE token IS NULL
signature = infer_signature(X, y)
sig = inspect.signature(f)
mlflow.log_param("max_tokens", 512)
mlflow.set_tag("author", "Ada")
auth = HTTPBasicAuth(user, password)
requests.get(url, auth=(user, password))
pwd = "/home/me/project"
!pip install tokenizers==0.15.2
%env TOKENIZERS_PARALLELISM=false
key = jax.random.PRNGKey(42)
key: jax.Array = keys[0]
access = "public"
secret_santa = draw(names)
license = "BSD-3-Clause"
token_ids = batch["input_ids"]
n_tokens = sum(len(t) for t in texts)
text = "Please reset your password: https://example.org/help"
key, subkey = jax.random.split(key)
nn.MultiheadAttention(embed_dim, num_heads, kdim=64)
attn(query=x, key=x1, value=x2)
""".strip().splitlines()
