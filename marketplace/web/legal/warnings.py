"""The two warnings of European law, word for word, with a translation of ours.

Source: regulation (EU) 2020/1503, art. 23(6)(b) and (c), English text as published. The law wants these exact words: a
test holds their digest. The official French text is not here yet, so the translations are marked as ours.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Warned:
    """A warning: its place in the regulation, the official English words, our French ones."""

    article: str
    title: LazyString
    official: str
    translation: str


DISCLAIMER = Warned(
    article="23(6)(b)",
    title=_l("Ni vérifié, ni approuvé"),
    official=(
        "This crowdfunding offer has been neither verified nor approved by competent authorities or the European "
        "Securities and Markets Authority (ESMA). The appropriateness of your experience and knowledge have not "
        "necessarily been assessed before you were granted access to this investment. By making this investment, you "
        "assume full risk of taking this investment, including the risk of partial or entire loss of the money "
        "invested."
    ),
    translation=(
        "La présente offre de financement participatif n’a été ni vérifiée ni approuvée par les autorités compétentes "
        "ou par l’Autorité européenne des marchés financiers (AEMF). L’adéquation de votre expérience et de vos "
        "connaissances n’a pas nécessairement été évaluée avant que l’accès à cet investissement ne vous soit donné. "
        "En réalisant cet investissement, vous assumez l’intégralité des risques qui s’y attachent, y compris le "
        "risque de perte partielle ou totale de l’argent investi."
    ),
)
RISK = Warned(
    article="23(6)(c)",
    title=_l("Le risque de tout perdre"),
    official=(
        "Investment in this crowdfunding project entails risks, including the risk of partial or entire loss of the "
        "money invested. Your investment is not covered by the deposit guarantee schemes established in accordance "
        "with Directive 2014/49/EU of the European Parliament and of the Council. Nor is your investment covered by "
        "the investor compensation schemes established in accordance with Directive 97/9/EC of the European "
        "Parliament and of the Council. You may not receive any return on your investment. This is not a savings "
        "product and we advise you not to invest more than 10 % of your net worth in crowdfunding projects. You may "
        "not be able to sell the investment instruments when you wish. If you are able to sell them, you may "
        "nonetheless incur losses."
    ),
    translation=(
        "Investir dans ce projet de financement participatif comporte des risques, y compris le risque de perte "
        "partielle ou totale de l’argent investi. Votre investissement n’est pas couvert par les systèmes de garantie "
        "des dépôts établis conformément à la directive 2014/49/UE du Parlement européen et du Conseil. Il n’est pas "
        "couvert non plus par les systèmes d’indemnisation des investisseurs établis conformément à la directive "
        "97/9/CE du Parlement européen et du Conseil. Il se peut que vous ne receviez aucun rendement de votre "
        "investissement. Ceci n’est pas un produit d’épargne, et nous vous conseillons de ne pas investir plus de "
        "10 % de votre patrimoine net dans des projets de financement participatif. Il se peut que vous ne puissiez "
        "pas vendre les instruments au moment où vous le souhaitez. Si vous pouvez les vendre, vous pouvez néanmoins "
        "subir des pertes."
    ),
)
WARNINGS = (DISCLAIMER, RISK)
