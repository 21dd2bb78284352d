# People. Every account is declared virtually; who needs one realizes it.
class accounts (
  Hash[String[1], Hash] $users = {},
) {
  $users.each |$name, $settings| {
    $tags = 'adm' in $settings.get('groups', []) ? {
      true    => ['admin'],
      default => [],
    }
    @accounts::user { $name:
      *   => $settings - 'keys',
      tag => $tags,
    }
  }

  Accounts::User <| tag == 'admin' |>
}
