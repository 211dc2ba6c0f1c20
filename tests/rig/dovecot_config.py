"""What a private Dovecot is told, in the words of its version: 2.3 (Debian 12) and 2.4 (Debian 13) share no file."""

from __future__ import annotations

from dataclasses import dataclass

#: The same in both.
_SHARED = """
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
instance_name = {name}
log_path = {base}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0 secs
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
mailbox_idle_check_interval = 1 secs
shutdown_clients = yes
default_client_limit = 4000
default_process_limit = 1500
default_vsz_limit = 512M
auth_mechanisms = plain login xoauth2 oauthbearer
ssl = yes

service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl_port}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = create
    special_use = "\\\\Drafts"
  }}
  mailbox Sent {{
    auto = create
    special_use = "\\\\Sent"
  }}
  mailbox Junk {{
    auto = create
    special_use = "\\\\Junk"
  }}
}}
protocol imap {{
  mail_max_userip_connections = 200
  imap_idle_notify_interval = 2 mins
}}
"""

_2_3 = """
protocols = imap lmtp
mail_home = {base}/mail/%u
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_plugins = notify mail_log
disable_plaintext_auth = no
ssl_cert = <{base}/tls/server.pem
ssl_key = <{base}/tls/server.key
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {base}/users
  default_fields = uid={user} gid={group} home={base}/mail/%u
}}
service imap-login {{
  service_count = 0
}}
plugin {{
  acl = vfile
  quota = count:mailbox
  quota_vsizes = yes
  quota_rule = *:bytes={room}
  mail_log_events = delete undelete expunge copy mailbox_delete mailbox_create mailbox_rename flag_change save
}}
"""

_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={base}/keys/
username_attribute = sub
"""

_DEAF_2_3 = """
protocol imap {{
  imap_capability = IMAP4rev1 SASL-IR UIDPLUS LIST-EXTENDED SPECIAL-USE
}}
"""

_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = imap lmtp
mail_home = {base}/mail/%{{user}}
mail_driver = maildir
mail_path = ~/Maildir
mailbox_list_layout = fs
mail_plugins = notify mail_log
auth_allow_cleartext = yes
ssl_server_cert_file = {base}/tls/server.pem
ssl_server_key_file = {base}/tls/server.key
oauth2 {{
  introspection_mode = local
  username_attribute = sub
}}
oauth2_local_validation {{
  dict fs {{
    fs posix {{
      prefix = {base}/keys/
    }}
  }}
}}
passdb passwd-file {{
  passwd_file_path = {base}/users
  default_password_scheme = PLAIN
}}
userdb passwd-file {{
  passwd_file_path = {base}/users
  fields {{
    uid:default = {user}
    gid:default = {group}
    home:default = {base}/mail/%{{user}}
  }}
}}
service imap-login {{
  restart_request_count = unlimited
}}
acl_driver = vfile
quota mailbox {{
  storage_size = {room}B
}}
mail_log_events = delete undelete expunge copy mailbox_delete mailbox_create mailbox_rename flag_change save
"""

_DEAF_2_4 = """
imap_capability {{
  IDLE = no
}}
"""


@dataclass(frozen=True)
class Words:
    """One version's: its settings to fill in, what takes IDLE away, and what makes one mailbox unlike the others."""

    settings: str
    deaf: str
    plugin: str
    files: dict[str, str]

    def with_plugin(self, name: str) -> str:
        """The field of a user whose mailbox has one plugin more."""
        return self.plugin.format(name)


def words(version: str) -> Words:
    """`version` as `dovecot --version` prints it."""
    if version.startswith("2.3."):
        return Words(_SHARED + _2_3, _DEAF_2_3, "userdb_mail_plugins=notify,mail_log,{}", {"oauth2.conf": _OAUTH2})
    return Words(_2_4 + _SHARED, _DEAF_2_4, "userdb_mail_plugins/{}=yes", {})
