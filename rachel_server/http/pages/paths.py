"""Where the pages are that others link to; those that mails link to are in `mail_texts`."""

from typing import Final

from rachel_server.accounts.mail_texts import FORGOT_PATH

ACCOUNT_PATH: Final = "/account"
REGISTER_PATH: Final = "/account/register"
REGISTERED_PATH: Final = "/account/register/sent"
LOGIN_PATH: Final = "/account/login"
LOGOUT_PATH: Final = "/account/logout"
PASSWORD_PATH: Final = "/account/password"
FORGOT_SENT_PATH: Final = f"{FORGOT_PATH}/sent"
DELETE_PATH: Final = "/account/delete"
EXPORT_PATH: Final = "/account/export"
LEADERBOARD_PATH: Final = "/leaderboard"
