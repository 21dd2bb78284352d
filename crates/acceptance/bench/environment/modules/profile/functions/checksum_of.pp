# A short name for anything.
function profile::checksum_of(Any $value) >> String[8, 8] {
  sha256(String($value, '%#p'))[0, 8]
}
