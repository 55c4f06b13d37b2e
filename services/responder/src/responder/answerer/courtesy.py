"""Is this only a greeting, a thank-you, a goodbye or an "ok", so that nothing needs to be looked up?"""

from collections.abc import Sequence
from typing import Literal

Courtesy = Literal["greeting", "thanks", "bye", "ok", "emoji"]

_SAYS: dict[Courtesy, frozenset[str]] = {
    "thanks": frozenset(
        "obrigado obrigada agradeco agradecido agradecida gratidao valeu grato grata gracias agradezco thanks thank thankyou cheers "
        "appreciated appreciate brigadao obrigadao obrigadinha".split()
    ),
    "bye": frozenset("tchau xau adeus adios chau bye goodbye abraco abracos beijo beijos falou flw nos vemos".split()),
    "greeting": frozenset(
        "oi oie ola opa alo eai salve hola holi buenas buenos hello hi hey helo hiya howdy greetings bom boa good morning "
        "afternoon evening".split()
    ),
    "ok": frozenset(
        "ok certo beleza entendi entendido perfeito combinado otimo show legal joia sim si yes yep vale listo perfecto claro "
        "entiendo dale genial great fine sure cool perfect understood isso maravilha tranquilo nao no".split()
    ),
}
_FILLING = frozenset(
    "dia dias tarde tardes noite noches noche night tudo bem bien que tal como vai voce voces esta estao estas you are how e y and muito "
    "muita muchas muchos much very so a o de por tu sua seu su your ajuda ayuda help atencao atencion pela pelo la el todos todo "
    "all the for it day have nice ate logo mais luego pronto later see got doutor doctor doutora doctora moca moco pessoal gente "
    "mesmo amigo amiga querida querido ai there to depois then bueno pues ah eh entao ate hasta amanha manana tomorrow senhor senhora kk kkk rs "
    "haha jaja lol viu ta esta was lot bunch again".split()
)
WORDS = frozenset().union(*_SAYS.values()) | _FILLING
MAX_WORDS = 9  # a longer text has something to say


def courtesy(words: Sequence[str], *, asks: bool) -> Courtesy | None:
    """The politest thing said, if the message says nothing else; `asks` when it has a question mark."""
    if not words:
        return None if asks else "emoji"
    if len(words) > MAX_WORDS:
        return None
    if not all(word in WORDS for word in words):
        return None
    found: Courtesy | None = next((kind for kind, says in _SAYS.items() if any(word in says for word in words)), None)
    if found is None and words[:2] in (["tudo", "bem"], ["que", "tal"], ["como", "esta"], ["how", "are"]):
        return "greeting"
    if found is None and words[0] in ("ate", "hasta", "see"):
        return "bye"
    return found
