# Who is called when a path misbehaves.
function profile::owner_of(String[1] $path) >> String[1] {
  case $path {
    /^\/etc/:       { 'the platform team' }
    /^\/(srv|opt)/: { 'the application team' }
    default:        { 'nobody in particular' }
  }
}
