"""With which words are amounts, dates and times of day written? All without accents and in lower case."""

MONEY = r"reais|real|reales|contos?|pilas?|dolar(?:es)?|dollars?|euros?|pesos?|bucks?|libras?|pounds?|centavos?|cents?"
PERCENT = r"por\s?cento|por\s?ciento|per\s?cent"
EARLY = r"da manha|da madrugada|de la manana|de la madrugada|in the morning"
LATE = r"da tarde|da noite|de la tarde|de la noche|in the afternoon|in the evening|at night"
SHARP = r"em ponto|en punto|o.?clock|sharp"
AT = r"as|a las|ate as|hasta las|at|until|till|desde las|das|after|before|apos as|antes das"

_MONTHS = {
    1: "january jan janeiro enero ene",
    2: "february feb fevereiro fev febrero",
    3: "march mar marco marzo",
    4: "april apr abril abr",
    5: "may maio mai mayo",
    6: "june jun junho junio",
    7: "july jul julho julio",
    8: "august aug agosto ago",
    9: "september sept sep setembro set septiembre setiembre",
    10: "october oct outubro out octubre",
    11: "november nov novembro noviembre",
    12: "december dec dezembro dez diciembre dic",
}
MONTHS = {name: number for number, names in _MONTHS.items() for name in names.split()}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

_NUMBERS = (
    "zero cero um uma uno una one dois duas dos two tres three quatro cuatro four cinco five seis six sete siete "
    "seven oito ocho eight nove nueve nine dez diez ten onze once eleven doze doce twelve treze trece thirteen "
    "quatorze catorze catorce fourteen quinze quince fifteen dezesseis dieciseis sixteen dezessete diecisiete "
    "seventeen dezoito dieciocho eighteen dezenove diecinueve nineteen vinte veinte veinti[a-z]+ twenty trinta "
    "treinta thirty quarenta cuarenta forty cinquenta cincuenta fifty sessenta sesenta sixty setenta seventy "
    "oitenta ochenta eighty noventa ninety cem cento cien ciento hundred duzentos doscientos trezentos trescientos "
    "quatrocentos cuatrocientos quinhentos quinientos seiscentos seiscientos setecentos setecientos oitocentos "
    "ochocientos novecentos novecientos mil thousand"
)
NUMBERS = "|".join(_NUMBERS.split())
