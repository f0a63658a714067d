"""Spellings that are one name, words that say little, and forms of companies; plain tables.

A line of VARIANTS is one name: its first word stands for all. Spellings that the sound key of
`names` brings together by itself (Alexei, Aleksey) need no line.
"""

from __future__ import annotations

VARIANTS = """
mohammed muhammad mohamed mohammad muhammed mohamad muhamad mohamet mehmed mehmet mamadou mahomet mohd md mhmd
ahmed ahmad ahmet achmad akhmad akhmed akhmat hmd
mahmoud mahmud mahmood makhmud mhmwd
mustafa mustapha moustafa mostafa moustapha mstfa mstfy
hussein husain hussain husayn hossein hosein huseyn huseyin khusein gusein hsyn
hassan hasan hasson khasan hsn
ali aly alli ly
omar umar omer oumar mr
osman usman othman uthman ousmane thman
abdullah abdallah abdulla abdoullah abdollah bdllh
yusuf youssef yousef yousuf yosef yusif ywsf josef joseph iosif osip yousouf
ibrahim ebrahim ibrahem brahim abraham avraham avram brhym
ismail ismael esmail smail smyl
suleiman sulayman soliman solomon sulaiman souleymane slyman
khalid khaled halid chaled khld
said saeed sayed saeid syd
jamal gamal djamal cemal dzhamal jml
jaafar jafar djafar gaafar cafer jfr
kareem karim kerim krym
hamid hameed hamed hmyd
rashid rasheed rachid rshyd
tariq tarek tarik trq
yahya yahia yehia yhyy
musa moussa mousa moses mwsy
isa issa eisa sy
daoud dawood dawud daud david davyd dwd
zaynab zeinab zainab zynb
fatima fatemeh fatma fatimah fatoumata ftmh
aisha ayesha aicha aysha ysh
khadija khadijah hadija khdyjh
nasser nasir naser nassir nsr
aziz azeez zyz
rahman rehman rachman rhmn
rahim raheem rhym
qasim kassem qassem qasem kasim qsm
faisal faysal feisal fysl
walid waleed oualid wlyd
bashir basheer bachir bshyr
evgeny evgeniy evgenii yevgeny yevgeni evgeni jevgeni yevhen evhen eugene ievgen yevgen
aleksandr alexander alexandr oleksandr aliaksandr alexandre alejandro aleksander iskander oleksander
aleksey alexei alexey oleksiy aliaksei alexis oleksii
sergey sergei serhiy serhii siarhei serge sergii
dmitry dmitri dmitriy dmytro dzmitry dimitri dmitrii dimitry
andrey andrei andriy andrii andrej andrew andre
mikhail mikhael mykhailo mihail michail michael mykhaylo mihailo
nikolay nikolai mykola mikalai nicolas nicholas nikola
vladimir volodymyr uladzimir wladimir volodimir
grigory grigoriy hryhoriy hryhorii ryhor gregory grigori
yury yuri yuriy iurii jurij yurii iouri youri
ivan iwan
pavel pavlo paul pawel
petr pyotr petro piotr peter pjotr
georgy georgiy georgi heorhiy george heorhii yegor egor georgios giorgos yorgos giorgi
konstantin kostyantyn constantine kanstantsin
igor ihor
oleg oleh
anatoly anatoliy anatoli anatolii
vasily vasiliy vasyl vassili vasili
stepan stefan stephan steven stephen
timofey timofei timothy tymofiy
natalia natalya nataliya natalja
tatiana tatyana tetiana tetyana
ekaterina yekaterina kateryna katerina catherine
yelena elena olena helena
ksenia kseniya xenia oksana
julia yulia yuliya iuliia juliia
zhang chang cheung teo
wang wong vang
li lee lei
chen chan tan
liu lau liew
huang hwang ng
zhou chou chow
xu hsu hui tsui
zhao chao chiu
yang yeung young
lin lam
guo kuo kwok
zheng cheng teng
cai tsai choi
xie hsieh tse
he ho
hu woo
ma mah
song sung soong
qiu chiu yau
jiang chiang kong
zeng tseng tsang
xiao hsiao siu
ye yeh yip
kim gim
park bak pak
choe choi
jeong jung chung cheong
yi rhee yee
joe cho jo
jose josep
juan joao johann johannes jan john jean
"""

# Arabic words between names are always left out, the others where two parts stay: Du Wei keeps both.
ARTICLES = frozenset(["al", "el", "ul", "bin", "ibn", "ben", "bint", "binti", "ould", "wuld"])
CONJUNCTIONS = frozenset(["and", "the", "of", "for", "y", "e", "et", "und", "i"])
PARTICLES = ARTICLES | frozenset(
    [
        "de",
        "del",
        "della",
        "da",
        "dos",
        "das",
        "do",
        "di",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "und",
        "and",
        "y",
        "e",
        "i",
        "of",
        "the",
        "for",
        "et",
        "dit",
        "a",
        "ash",
        "as",
        "ad",
        "an",
        "at",
        "ar",
        "az",
        "mr",
        "mrs",
        "ms",
        "dr",
        "sir",
        "sheikh",
        "shaykh",
        "shaikh",
        "hajji",
        "haji",
        "hadji",
        "mullah",
        "mawlawi",
        "general",
        "gen",
        "col",
        "colonel",
        "prof",
    ]
)

# Each form as it is written once folded, longest first when it is taken away.
COMPANY_FORMS = tuple(
    sorted(
        (
            "limited liability company", "public joint stock company", "open joint stock company",
            "closed joint stock company", "joint stock company", "public limited company",
            "private limited company", "private joint stock company", "free zone company",
            "obshchestvo s ogranichennoy otvetstvennostyu", "aktsionernoe obshchestvo",
            "publichnoe aktsionernoe obshchestvo", "zakrytoe aktsionernoe obshchestvo",
            "otkrytoe aktsionernoe obshchestvo", "tovarishchestvo s ogranichennoy otvetstvennostyu",
            "gesellschaft mit beschrankter haftung", "aktiengesellschaft", "societe anonyme",
            "societe a responsabilite limitee", "sociedad anonima", "sociedad limitada",
            "societa per azioni", "anonim sirketi", "limited sirketi", "besloten vennootschap",
            "you xian gong si", "youxian gongsi", "youxiangongsi", "gu fen you xian gong si",
            "gufen youxian gongsi", "zhu shi hui she", "kabushiki kaisha", "co limited", "co ltd",
            "pte ltd", "pvt ltd", "sdn bhd", "pty ltd", "private limited", "gmbh co kg", "a s", "s a",
            "s r l", "s p a", "l l c", "b v", "n v", "l t d", "llc", "llp", "lllp", "ltd", "limited",
            "inc", "incorporated", "corp", "corporation", "plc", "lp", "fzco", "fze", "fzc", "fz", "dmcc",
            "gmbh", "ag", "kg", "ohg", "ug", "ev", "sa", "sas", "sarl", "srl", "spa", "snc", "sl", "sau",
            "bv", "nv", "ooo", "oao", "zao", "pao", "ao", "too", "tov", "tovarystvo", "jsc", "ojsc", "cjsc",
            "pjsc", "pao", "as", "asa", "ab", "oy", "aps", "sp z o o", "sp zoo", "doo", "d o o", "ad", "eood",
            "ood", "kft", "zrt", "bt", "sirketi", "sti", "ltd sti", "pte", "pvt", "pty", "bhd", "sdn", "tbk",
            "pt", "co", "company", "kk", "wll", "w l l", "saoc", "psc", "pjsc", "est", "establishment",
            "limitada", "ltda", "eireli", "cia", "compania", "compagnie", "kompaniya", "shrkh", "mssh",
        ),
        key=lambda form: (-len(form.split()), -len(form)),
    )
)  # fmt: skip

# What many companies call themselves: it tells them apart only together with another word.
COMMON_BUSINESS_WORDS = frozenset(
    [
        "trading", "trade", "trader", "traders", "group", "holding", "holdings", "international",
        "intl", "global", "general", "import", "export", "imports", "exports", "industries",
        "industry", "industrial", "services", "service", "enterprise", "enterprises", "investment",
        "investments", "shipping", "maritime", "marine", "lines", "line", "logistics", "transport",
        "technology", "technologies", "tech", "electronics", "engineering", "construction",
        "development", "commercial", "business", "brothers", "bros", "sons", "house", "bank",
        "petroleum", "oil", "gas", "energy", "steel", "mining", "aviation", "airlines",
        "foundation", "charity", "association", "center", "centre", "institute", "factory",
        "manufacturing", "machinery", "equipment", "supply", "supplies", "solutions", "systems",
        "resources", "partners", "management", "consulting", "ventures", "capital", "market",
        "markets", "world", "east", "west", "north", "south", "new", "first", "united", "national",
        "star", "gold", "golden", "royal", "torgovaya", "torgovyy", "dom", "gruppa", "zavod",
        "promyshlennaya", "handel", "handels", "handelshaus", "comercio", "comercial", "commerce",
        "negoce", "maoyi", "jituan", "keji", "shiye", "textile", "textiles", "fashion", "foods",
        "food", "crafts", "craft", "art", "arts", "design", "studio", "workshop", "gallery", "shop",
        "store",
    ]
)  # fmt: skip

# The same words as other languages write them once folded, and the English one that stands for them.
BUSINESS_WORDS = {
    "mao yi": "trading", "maoyi": "trading", "ke ji": "technology", "keji": "technology", "ji shu": "technology",
    "jishu": "technology", "ji tuan": "group", "jituan": "group", "guo ji": "international", "guoji": "international",
    "shi ye": "industries", "shiye": "industries", "dian zi": "electronics", "dianzi": "electronics",
    "hai yun": "shipping", "haiyun": "shipping", "wu liu": "logistics", "wuliu": "logistics", "lltjrh": "trading",
    "tjrh": "trading", "lldwlyh": "international", "dwlyh": "international", "mjmwh": "group", "llstyrd": "import",
    "torgovaya": "trading", "torgovyi": "trading", "torgovyy": "trading", "torgoviy": "trading", "torhovyi": "trading",
    "gruppa": "group", "gruppe": "group", "groupe": "group", "grupo": "group", "gruppo": "group", "grup": "group",
    "ticaret": "trading", "handel": "trading", "handels": "trading", "comercio": "trading", "comercial": "trading",
    "commerce": "trading", "sanayi": "industries", "promyshlennaya": "industries", "mezhdunarodnaya": "international",
    "internationale": "international", "internacional": "international", "uluslararasi": "international",
    "sudokhodnaya": "shipping", "naviera": "shipping", "denizcilik": "shipping", "tekhnologii": "technology",
    "technologies": "technology", "tech": "technology", "intl": "international", "trade": "trading", "lines": "line",
    "industry": "industries", "industrial": "industries", "holdings": "holding", "services": "service",
    "neft": "oil", "neftyanaya": "oil", "petrol": "oil", "bros": "brothers",
}  # fmt: skip

# Names so common that alone they point to nobody (first words of the lines above count too).
COMMON_NAMES = frozenset(
    [
        "mohammed", "ahmed", "mahmoud", "mustafa", "hussein", "hassan", "ali", "omar", "osman",
        "abdullah", "yusuf", "ibrahim", "ismail", "khalid", "said", "jamal", "kareem", "hamid",
        "rashid", "abdul", "rahman", "aziz", "fatima", "aisha", "nasser", "salim", "saleh", "sami",
        "khan", "singh", "kumar", "sharma", "patel", "ivan", "ivanov", "petrov", "petr", "sergey",
        "aleksandr", "aleksey", "andrey", "dmitry", "evgeny", "mikhail", "nikolay", "vladimir",
        "yury", "igor", "oleg", "smirnov", "kuznetsov", "popov", "volkov", "vasily", "maria",
        "anna", "elena", "olga", "natalia", "tatiana", "irina", "zhang", "wang", "li", "chen",
        "liu", "huang", "zhou", "xu", "zhao", "yang", "lin", "guo", "zheng", "wei", "ming", "hua",
        "jun", "fang", "min", "jie", "lei", "kim", "park", "choe", "nguyen", "tran", "le", "pham",
        "john", "juan", "jose", "maria", "carlos", "luis", "david", "michael", "paul", "peter",
        "thomas", "smith", "johnson", "williams", "brown", "jones", "garcia", "rodriguez",
        "martinez", "hernandez", "lopez", "gonzalez", "perez", "sanchez", "silva", "santos",
        "martin", "bernard", "muller", "schmidt", "rossi", "ferrari", "yilmaz", "kaya", "demir",
        "sato", "suzuki", "tanaka", "mensah", "diallo", "traore", "kone",
    ]
)  # fmt: skip
