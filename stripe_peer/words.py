"""What the hosted pages say, in a few languages; English stands in for all others."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH = {
    "code": "en", "point": ".", "thousands": ",",
    "no_money": "a stand-in for tests. No real money, no real cards.",
    "pay_to": "Pay Freeport", "pay": "Pay", "cancel": "Cancel and go back to the shop",
    "back": "Back to the shop", "email": "E-mail", "how": "How to pay", "card": "Card",
    "number": "Card number", "exp": "Expires (MM/YY)", "cvc": "Security code",
    "name": "Name on the card", "tests": "Test cards",
    "bank_succeeds": "Bank debit, paid in a few days", "bank_fails": "Bank debit that fails later",
    "bad_email": "Please write an e-mail address.",
    "bad_number": "Only the test cards below are taken here.",
    "bad_exp": "Please write month and year, in the future.",
    "bad_cvc": "Please write three or four digits.",
    "declined": "Your card was declined. Please try another one.",
    "insufficient": "Your card has not enough money. Please try another one.",
    "not_confirmed": "Your bank could not confirm it. Please try again.",
    "done": "This payment has been made.", "expired": "This payment page has expired.",
    "confirm": "Your bank asks: is it you who pays?", "yes": "Yes, pay", "no": "No, it isn't me",
    "setup": "Tell us about your business", "setup_how": "For this test, your details",
    "setup_passed": "are complete and correct", "setup_review": "are complete; somebody checks them",
    "setup_refused": "have a document that can't be read",
    "setup_send": "Send", "setup_later": "Not now",
}  # fmt: skip
OTHERS: dict[str, dict[str, str]] = {
    "fr": {
        "point": ",", "thousands": "\u202f",
        "no_money": "un substitut pour les essais. Ni argent réel, ni carte réelle.",
        "pay_to": "Payer Freeport", "pay": "Payer", "cancel": "Annuler et revenir à la boutique",
        "back": "Revenir à la boutique", "email": "E-mail", "how": "Moyen de paiement",
        "card": "Carte", "number": "Numéro de carte", "exp": "Expire le (MM/AA)",
        "cvc": "Code de sécurité", "name": "Nom sur la carte", "tests": "Cartes d’essai",
        "bank_succeeds": "Prélèvement, payé dans quelques jours",
        "bank_fails": "Prélèvement qui échouera",
        "bad_email": "Veuillez écrire une adresse e-mail.",
        "bad_number": "Seules les cartes d’essai ci-dessous sont acceptées.",
        "bad_exp": "Veuillez écrire un mois et une année à venir.",
        "bad_cvc": "Veuillez écrire trois ou quatre chiffres.",
        "declined": "Votre carte a été refusée. Essayez-en une autre.",
        "insufficient": "Provision insuffisante. Essayez une autre carte.",
        "not_confirmed": "Votre banque n’a pas confirmé. Veuillez réessayer.",
        "done": "Ce paiement est fait.", "expired": "Cette page de paiement a expiré.",
        "confirm": "Votre banque demande : est-ce bien vous ?", "yes": "Oui, payer",
        "no": "Non, ce n’est pas moi",
    },
    "de": {
        "point": ",", "thousands": ".",
        "no_money": "ein Ersatz für Tests. Kein echtes Geld, keine echten Karten.",
        "pay_to": "An Freeport zahlen", "pay": "Zahlen", "cancel": "Abbrechen, zurück zum Laden",
        "back": "Zurück zum Laden", "email": "E-Mail", "how": "Zahlungsart", "card": "Karte",
        "number": "Kartennummer", "exp": "Gültig bis (MM/JJ)", "cvc": "Prüfnummer",
        "name": "Name auf der Karte", "tests": "Testkarten",
        "bank_succeeds": "Lastschrift, in einigen Tagen bezahlt",
        "bank_fails": "Lastschrift, die später scheitert",
        "bad_email": "Bitte eine E-Mail-Adresse angeben.",
        "bad_number": "Hier gehen nur die Testkarten von unten.",
        "bad_exp": "Bitte Monat und Jahr in der Zukunft angeben.",
        "bad_cvc": "Bitte drei oder vier Ziffern angeben.",
        "declined": "Ihre Karte wurde abgelehnt. Bitte versuchen Sie eine andere.",
        "insufficient": "Auf der Karte ist nicht genug Geld. Bitte versuchen Sie eine andere.",
        "not_confirmed": "Ihre Bank hat nicht bestätigt. Bitte versuchen Sie es noch einmal.",
        "done": "Diese Zahlung ist erledigt.", "expired": "Diese Zahlungsseite ist abgelaufen.",
        "confirm": "Ihre Bank fragt: Zahlen Sie das?", "yes": "Ja, zahlen", "no": "Nein, das bin ich nicht",
    },
    "ja": {
        "no_money": "テスト用の代役です。実際のお金もカードも動きません。",
        "pay_to": "Freeport へのお支払い", "pay": "支払う", "cancel": "キャンセルしてお店に戻る",
        "back": "お店に戻る", "email": "メールアドレス", "how": "お支払い方法", "card": "カード",
        "number": "カード番号", "exp": "有効期限（月/年）", "cvc": "セキュリティコード",
        "name": "カード名義", "tests": "テストカード",
        "bank_succeeds": "口座振替（数日後に完了）", "bank_fails": "口座振替（後で失敗）",
        "bad_email": "メールアドレスを入力してください。",
        "bad_number": "下のテストカードだけが使えます。",
        "bad_exp": "先の月と年を入力してください。", "bad_cvc": "3桁か4桁の数字を入力してください。",
        "declined": "カードが拒否されました。別のカードをお試しください。",
        "insufficient": "残高が足りません。別のカードをお試しください。",
        "not_confirmed": "銀行の確認ができませんでした。もう一度お試しください。",
        "done": "このお支払いは完了しています。", "expired": "このページは期限切れです。",
        "confirm": "銀行からの確認：ご本人のお支払いですか。", "yes": "はい、支払います", "no": "いいえ",
    },
    "ar": {
        "point": "٫", "thousands": "٬",
        "no_money": "بديل للاختبار. لا مال حقيقي ولا بطاقات حقيقية.",
        "pay_to": "الدفع إلى Freeport", "pay": "ادفع", "cancel": "إلغاء والعودة إلى المتجر",
        "back": "العودة إلى المتجر", "email": "البريد الإلكتروني", "how": "طريقة الدفع",
        "card": "بطاقة", "number": "رقم البطاقة", "exp": "تنتهي في (شهر/سنة)",
        "cvc": "رمز الأمان", "name": "الاسم على البطاقة", "tests": "بطاقات الاختبار",
        "bank_succeeds": "خصم مصرفي يُدفع خلال أيام", "bank_fails": "خصم مصرفي يفشل لاحقًا",
        "bad_email": "يرجى كتابة بريد إلكتروني.",
        "bad_number": "تُقبل هنا بطاقات الاختبار أدناه فقط.",
        "bad_exp": "يرجى كتابة شهر وسنة في المستقبل.", "bad_cvc": "يرجى كتابة ثلاثة أو أربعة أرقام.",
        "declined": "رُفضت بطاقتك. يرجى تجربة بطاقة أخرى.",
        "insufficient": "الرصيد غير كافٍ. يرجى تجربة بطاقة أخرى.",
        "not_confirmed": "لم يؤكد مصرفك الدفع. يرجى المحاولة مرة أخرى.",
        "done": "تم هذا الدفع.", "expired": "انتهت صلاحية صفحة الدفع.",
        "confirm": "مصرفك يسأل: هل أنت من يدفع؟", "yes": "نعم، ادفع", "no": "لا، لست أنا",
    },
}  # fmt: skip
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def words_for(language: str) -> Mapping[str, str]:
    """By a locale (`fr-CA`) or the header of a browser (`ja,en;q=0.8`)."""
    code = language.partition(",")[0].partition(";")[0].strip().partition("-")[0].lower()
    if code not in OTHERS:
        return ENGLISH
    return {**ENGLISH, **OTHERS[code], "code": code}
