//! Expressions.

use crate::check;

#[test]
fn a_malformed_regular_expression_spoils_its_file() {
    let error = "Could not parse for environment production: premature end of char-class: /a[/ on node n1";
    check("notice('never')\nif false { $x = 'a' =~ /a[/ }", &[], error);
    check("node /a[/ {}", &[], error);
    let module = [("modules/m/manifests/init.pp", "class m { if false { notice('a' =~ /a(/) } }")];
    let error = "Evaluation Error: Error while evaluating a Function Call, end pattern with unmatched parenthesis: \
                 /a(/ (line: 1, column: 1) on node n1";
    check("include m", &module, error);
    check("inline_epp('<% if \"a\" =~ /a(/ { %>x<% } %>')", &[], error);
}

#[test]
fn lists_of_variables_take_values_of_hashes_by_their_names() {
    check("[$a, [$b, $c]] = {a => 1, [b, c] => {b => 2, c => 3}}\nnotice($a, $b, $c)", &[], "1 2 3");
    check("[[$a, $b]] = {[a, b] => [1, 2]}\nnotice($a, $b)", &[], "1 2");
    let error = "Evaluation Error: No value for required key '[\"b\", \"c\"]' in assignment to variables from hash \
                 (line: 1, column: 16) on node n1";
    check("[$a, [$b, $c]] = {a => 1, b => {b => 2}}", &[], error);
}
