# A login shell.
type Accounts::Shell = Enum['/bin/sh', '/bin/bash', '/bin/zsh', '/usr/sbin/nologin']
