"""Addresses of the inbox and, in a demo, of the mailbox."""

from __future__ import annotations

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/<uuid:notice_id>/", views.open_notice, name="open"),
    path("dev/mail/", views.mailbox, name="mailbox"),
    path("dev/mail/<uuid:mail_id>/", views.mail, name="mail"),
    path("dev/mail/<uuid:mail_id>/html/", views.mail_html, name="mail_html"),
]
