"""Words that tell customs nothing about a thing; a parcel described by them alone is stopped; pure.

The EU's advance cargo system (ICS2), US Customs and most posts refuse them. Clothes, toys and
electronics are in it too: they name a shop's shelf, not a thing.
"""

from __future__ import annotations

import re

from trade.rules.folding import fold, is_cjk, runs

_WORDS = {
    "en": """accessories accessory apparel appliances article articles cargo clothes clothing consumer
        cosmetics decoration decorations devices electronics equipment foodstuff foodstuffs freight
        garments general gift gifts goods hardware household item items machinery material
        materials merchandise misc miscellaneous object objects other parcel part parts personal
        present presents product products sample samples souvenir souvenirs spare stuff supplies
        textile textiles thing things toy toys various effects belongings fashion handicraft
        handicrafts craft crafts""",
    "de": """geschenk geschenke muster warenmuster zubehör ware waren artikel kleidung bekleidung
        teile ersatzteile spielzeug spielsachen spielwaren elektronik sonstiges diverses verschiedenes
        sachen produkt produkte gegenstände textilien kosmetik andenken werkzeuge material dekoration
        haushaltswaren""",
    "fr": """cadeau cadeaux échantillon échantillons accessoire accessoires article articles vêtement
        vêtements pièces détachées jouet jouets électronique divers produit produits marchandise
        marchandises objets objet chose choses souvenir souvenirs textiles cosmétiques décoration
        effets personnels artisanat""",
    "es": """regalo regalos muestra muestras accesorio accesorios artículo artículos ropa prendas
        repuestos piezas partes juguete juguetes electrónica electrónicos varios producto productos
        mercancía mercancías cosas objetos recuerdo recuerdos textiles cosméticos decoración
        artesanía artesanías efectos personales""",
    "it": """regalo regali campione campioni accessorio accessori articolo articoli vestiti abbigliamento
        ricambi parti pezzi giocattolo giocattoli elettronica varie vari prodotto prodotti merce merci
        cose oggetti souvenir tessili cosmetici decorazioni effetti personali artigianato""",
    "pt": """presente presentes prenda prendas amostra amostras acessório acessórios artigo artigos
        roupa roupas peças partes brinquedo brinquedos eletrônicos electrónica eletrônica diversos
        produto produtos mercadoria mercadorias coisas objetos lembrança lembranças têxteis
        cosméticos decoração artesanato""",
    "nl": """cadeau cadeaus geschenk geschenken monster monsters staal accessoire accessoires artikel
        artikelen kleding kleren onderdelen speelgoed elektronica diversen product producten goederen
        spullen dingen voorwerpen textiel cosmetica souvenir souvenirs decoratie""",
    "pl": """prezent prezenty upominek upominki próbka próbki akcesoria akcesorium artykuł artykuły
        ubrania ubranie odzież części zabawki zabawka elektronika różne produkt produkty towar towary
        rzeczy przedmioty pamiątka pamiątki tekstylia kosmetyki dekoracje rękodzieło""",
    "tr": """hediye hediyeler hediyelik numune numuneler örnek aksesuar aksesuarlar ürün ürünler giysi
        giyim kıyafet kıyafetler parça parçalar yedek oyuncak oyuncaklar elektronik çeşitli eşya
        eşyalar mal mallar şeyler tekstil kozmetik dekorasyon""",
    "id": """hadiah kado sampel contoh aksesoris aksesori barang produk pakaian baju suku cadang mainan
        elektronik lainnya macam perlengkapan benda oleh tekstil kosmetik dekorasi kerajinan""",
    "ar": """هدية هدايا عينة عينات إكسسوارات اكسسوارات ملحقات ملابس قطع غيار ألعاب لعب إلكترونيات
        الكترونيات متنوعة متنوع منتج منتجات بضاعة بضائع أشياء أغراض سلع مستلزمات تذكارات""",
}
# These are written without spaces between the words of one name: whole descriptions.
_WHOLE = {
    "vi": """quà;quà tặng;hàng mẫu;mẫu;phụ kiện;quần áo;phụ tùng;linh kiện;đồ chơi;đồ điện tử;điện tử;
        hàng hóa;sản phẩm;đồ dùng;đồ lưu niệm;quà lưu niệm;mỹ phẩm;hàng thủ công;linh tinh""",
    "id": "suku cadang;oleh oleh;macam macam;barang contoh",
    "ja": """ギフト;プレゼント;贈り物;サンプル;見本;アクセサリー;付属品;衣類;衣料品;洋服;服;部品;パーツ;おもちゃ;
        玩具;電子機器;電化製品;雑貨;商品;製品;品物;物;その他;お土産;化粧品;日用品;小物""",
    "zh": """礼物;礼品;赠品;样品;样本;配件;附件;衣服;服装;服饰;零件;部件;玩具;电子产品;电器;杂货;商品;产品;货物;
        物品;东西;其他;日用品;纪念品;饰品;化妆品;工艺品;禮物;禮品;樣品;電子產品;產品;貨物""",
    "ko": """선물;샘플;견본;액세서리;악세사리;부속품;옷;의류;부품;장난감;완구;전자제품;전자기기;잡화;상품;제품;물건;
        물품;기타;기념품;화장품;생활용품""",
}
_FILLERS = (
    "a an and the of for my you your some new de du des et la le les el los las y e di da der die das "
    "und für para per voor en i o ve và cho dan untuk و من"
)


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


_FILLER_WORDS = _folded(_FILLERS)
VAGUE_WORDS = frozenset().union(*(_folded(words) for words in _WORDS.values()))
VAGUE_WHOLES = frozenset(
    "".join(runs(whole)) for text in _WHOLE.values() for whole in re.split(r"\s*;\s*", text.strip())
)


def is_vague(text: str) -> bool:
    """Whether a description names no thing at all ("gift", "sample accessories", "玩具")."""
    words = runs(text)
    if not words or "".join(words) in VAGUE_WHOLES:
        return True
    return all(
        word in VAGUE_WHOLES
        if is_cjk(word)
        else word in VAGUE_WORDS or word in _FILLER_WORDS or word.isdigit()
        for word in words
    )
