"""Where Microsoft and Google give consent and tokens, as their documentation names it."""

from __future__ import annotations

from mailbot.accounts import OAuthApp, Secret
from mailbot.config.sections import OAuthTable

_MICROSOFT = "https://login.microsoftonline.com/{directory}/oauth2/v2.0"
_MAIL_OF_MICROSOFT = (
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
)


def oauth_app(table: OAuthTable, client_secret: Secret) -> OAuthApp:
    """The provider's addresses; what the table names itself wins. Google offers no device code for mail."""
    token, device, authorize, scope = _known(table)
    return OAuthApp(
        table.client_id,
        client_secret,
        table.token_url or token,
        table.device_url or device,
        table.authorize_url or authorize,
        table.scope or scope,
    )


def _known(table: OAuthTable) -> tuple[str, str, str, str]:
    match table.provider:
        case "microsoft":
            base = _MICROSOFT.format(directory=table.directory)
            return f"{base}/token", f"{base}/devicecode", f"{base}/authorize", _MAIL_OF_MICROSOFT
        case "google":
            accounts = "https://accounts.google.com/o/oauth2/v2/auth"
            return "https://oauth2.googleapis.com/token", "", accounts, "https://mail.google.com/"
        case "other":
            return "", "", "", ""
