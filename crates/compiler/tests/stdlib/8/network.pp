## enclose_ipv6
enclose_ipv6()
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong number of arguments given 0 for 1

enclose_ipv6('127.0.0.1')
#= ["127.0.0.1"]

enclose_ipv6('fe80::1')
#= ["[fe80::1]"]

enclose_ipv6(['fe80::1', '127.0.0.1', '*', 'fe80::1'])
#= ["[fe80::1]", "127.0.0.1", "*"]

enclose_ipv6('[fe80::1]')
#= ["[fe80::1]"]

enclose_ipv6('x')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given x is not an ip address.

enclose_ipv6(1)
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument type given Integer expected String or Array

enclose_ipv6(undef)
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given  is not an ip address.

enclose_ipv6('')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given  is not an ip address.

enclose_ipv6(['fe80::1', [undef, '::']])
#= ["[fe80::1]", "[::]"]

enclose_ipv6('::1/64')
#= ["[::]"]

enclose_ipv6('2001:0db8:0000:0000:0000:ff00:0042:8329')
#= ["[2001:db8::ff00:42:8329]"]

enclose_ipv6('::ffff:1.2.3.4')
#= ["[::ffff:1.2.3.4]"]

enclose_ipv6('1:0:0:2:0:0:0:3')
#= ["[1:0:0:2::3]"]

enclose_ipv6('1:2:3:4:5:6:7:8')
#= ["[1:2:3:4:5:6:7:8]"]

enclose_ipv6('1:2:3:4:5:6:1.2.3.4')
#= ["[1:2:3:4:5:6:102:304]"]

enclose_ipv6('fe80::1%eth0')
#= ["[fe80::1%eth0]"]

enclose_ipv6('0:0:1::')
#= ["[0:0:1::]"]

enclose_ipv6('1::')
#= ["[1::]"]

enclose_ipv6('::1.2.3.4')
#= ["[::1.2.3.4]"]

enclose_ipv6('1.2.3')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1.2.3 is not an ip address.

enclose_ipv6('1.2.3.400')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1.2.3.400 is not an ip address.

enclose_ipv6('01.2.3.4')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 01.2.3.4 is not an ip address.

enclose_ipv6('1:2:3')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1:2:3 is not an ip address.

enclose_ipv6('::g')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given ::g is not an ip address.

enclose_ipv6('1.2.3.4/33')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1.2.3.4/33 is not an ip address.

enclose_ipv6('1.2.3.4/24')
#= ["1.2.3.4/24"]

enclose_ipv6('1.2.3.4/08')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1.2.3.4/08 is not an ip address.

enclose_ipv6('1.2.3.4/255.255.0.0')
#= ["1.2.3.4/255.255.0.0"]

enclose_ipv6('1.2.3.4/::')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1.2.3.4/:: is not an ip address.

enclose_ipv6('1.2.3.4/')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1.2.3.4/ is not an ip address.

enclose_ipv6('::1/x')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given ::1/x is not an ip address.

enclose_ipv6('1::2::3')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1::2::3 is not an ip address.

enclose_ipv6('1:2:3:4:5:6:7::')
#= ["[1:2:3:4:5:6:7:0]"]

enclose_ipv6('1:2:3:4:5:6:7::8')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1:2:3:4:5:6:7::8 is not an ip address.

enclose_ipv6('::2:3:4:5:6:7:8')
#= ["[0:2:3:4:5:6:7:8]"]

enclose_ipv6('::1:2:3:4:5:6:7:8')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given ::1:2:3:4:5:6:7:8 is not an ip address.

enclose_ipv6([1])
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given 1 is not an ip address.

enclose_ipv6('[1.2.3.4]')
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument given [1.2.3.4] is not an ip address.

enclose_ipv6('1:0:0:0:0:0:0:0')
#= ["[1::]"]

enclose_ipv6('0:0:0:0:0:0:0:1')
#= ["[::1]"]

enclose_ipv6('1:0:2:0:3:0:4:0')
#= ["[1:0:2:0:3:0:4:0]"]

enclose_ipv6('FE80::ABCD')
#= ["[fe80::abcd]"]

enclose_ipv6({'a' => 1})
#! Evaluation Error: Error while evaluating a Function Call, enclose_ipv6(): Wrong argument type given Hash expected String or Array

## ip_in_range
stdlib::ip_in_range('10.10.10.53', '10.10.10.0/24')
#= true

stdlib::ip_in_range('10.10.11.53', '10.10.10.0/24')
#= false

stdlib::ip_in_range('10.10.10.53', ['10.10.10.0/24', '10.0.0.0/8'])
#= true

stdlib::ip_in_range('10.10.10.53', ['11.10.10.0/24'])
#= false

stdlib::ip_in_range('10.10.10.53', 'fe80::/10')
#= false

stdlib::ip_in_range('fe80::1', 'fe80::/10')
#= true

stdlib::ip_in_range('x', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('10.10.10.53', 'x')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('10.10.10.53', '1.2.3.4/40')
#! Evaluation Error: Error while evaluating a Function Call, invalid length: 16909060

stdlib::ip_in_range('10.10.10.53', [])
#= false

stdlib::ip_in_range('10.10.10.0/25', '10.10.10.0/24')
#= true

stdlib::ip_in_range('10.10.10.0/23', '10.10.10.0/24')
#= false

stdlib::ip_in_range('10.10.10.53', [1])
#! Evaluation Error: Error while evaluating a Function Call, address family must be specified

stdlib::ip_in_range(1, '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, 'stdlib::ip_in_range' parameter 'ipaddress' expects a String value, got Integer

stdlib::ip_in_range('1.2.3.400', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('01.2.3.4', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, zero-filled number in IPv4 address is ambiguous:

stdlib::ip_in_range('1::2::3', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('1.2.3.4/255.0.255.0', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid mask 255.0.255.0: 16909060

stdlib::ip_in_range('1.2.3.4/08', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, leading zeros in prefix

stdlib::ip_in_range('1.2.3.4/::', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, address family is not same: 16909060

stdlib::ip_in_range('1.2.3.4/', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('::1/', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('::1/129', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid length: 1

stdlib::ip_in_range('1.2.3.4%eth0', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('fe80::1%eth0', 'fe80::/10')
#= true

stdlib::ip_in_range('', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('1.2.3.4/x', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('[1.2.3.4]', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('[::1', '10.10.10.0/24')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('::1:2:3:4:5:6:7:8:9', '::/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('1.2.3.4/24/5', '0.0.0.0/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('10.0.0.1', '10.0.0.0/255.255.255.0')
#= true

stdlib::ip_in_range("10.0.0.1\n", '10.0.0.0/8')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('::1.2.3.400', '::/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('1:2:3:4:5:6:7:1.2.3.4', '::/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('1:2:3:4:5:6:7::1.2.3.4', '::/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('::1:2:3:4:5:6:7:1.2.3.4', '::/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('1:2:3:4:5:6:7::8', '::/0')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

stdlib::ip_in_range('10.0.0.1', '/8')
#! Evaluation Error: Error while evaluating a Function Call, invalid address:

## has_interface_with
has_interface_with()
#! Evaluation Error: Error while evaluating a Function Call, has_interface_with(): Wrong number of arguments given (0 for 1 or 2)

has_interface_with('eth0')
#= true

has_interface_with('lo')
#= true

has_interface_with('eth9')
#= false

has_interface_with('ipaddress', '10.0.0.1')
#= true

has_interface_with('ipaddress', '127.0.0.1')
#= true

has_interface_with('ipaddress', '1.1.1.1')
#= false

has_interface_with('macaddress', 'aa:bb:cc:dd:ee:ff')
#= true

has_interface_with('network', '10.0.0.0')
#= true

has_interface_with('nosuch', 'x')
#= false

has_interface_with('a', 'b', 'c')
#! Evaluation Error: Error while evaluating a Function Call, has_interface_with(): Wrong number of arguments given (3 for 1 or 2)

has_interface_with('nosuch', undef)
#= false

has_interface_with(undef)
#= false

has_ip_address()
#! Evaluation Error: Error while evaluating a Function Call, has_ip_address(): Wrong number of arguments given (0 for 1)

has_ip_address('10.0.0.1')
#= true

has_ip_address('10.0.0.2')
#= false

has_ip_network('127.0.0.0')
#= true

has_ip_network('128.0.0.0')
#= false

has_ip_network('a', 'b')
#! Evaluation Error: Error while evaluating a Function Call, has_ip_network(): Wrong number of arguments given (2 for 1)

## is_domain_name, is_email_address, is_mac_address
is_domain_name()
#! Evaluation Error: Error while evaluating a Function Call, is_domain_name(): Wrong number of arguments given 0 for 1

is_domain_name('example.com')
#= true

is_domain_name('example.com.')
#= true

is_domain_name('.')
#= true

is_domain_name('')
#= false

is_domain_name('localhost')
#= true

is_domain_name('a-b.example.com')
#= true

is_domain_name('-a.example.com')
#= false

is_domain_name('a-.example.com')
#= false

is_domain_name('a..com')
#= false

is_domain_name('10.0.0.1')
#= false

is_domain_name('a_b.com')
#= false

is_domain_name('x.123')
#= false

is_domain_name('123')
#= true

is_domain_name(1)
#= false

is_domain_name('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com')
#= false

is_domain_name('ü.com')
#= false

is_domain_name('..')
#= false

is_domain_name('example.com', 'b')
#! Evaluation Error: Error while evaluating a Function Call, is_domain_name(): Wrong number of arguments given 2 for 1

is_domain_name("a\nb")
#= true

is_domain_name("a.com\n")
#= true

is_email_address()
#! Evaluation Error: Error while evaluating a Function Call, is_email_address(): Wrong number of arguments given 0 for 1

is_email_address('a@example.com')
#= true

is_email_address('a.b+c@example.com')
#= true

is_email_address('a@b')
#= false

is_email_address('a')
#= false

is_email_address('')
#= false

is_email_address('a@example.co.uk')
#= true

is_email_address('A@example.com')
#= true

is_email_address(1)
#= false

is_email_address(undef)
#= false

is_email_address('a b@example.com')
#= true

is_email_address('a@EXAMPLE.com')
#= false

is_email_address('a..b@example.com')
#= false

is_email_address('.a@example.com')
#= false

is_email_address("a@example.com\n")
#= false

is_mac_address()
#! Evaluation Error: Error while evaluating a Function Call, is_mac_address(): Wrong number of arguments given 0 for 1

is_mac_address('00:a0:1f:12:7f:a0')
#= true

is_mac_address('00:A0:1F:12:7F:G0')
#= false

is_mac_address('0:1:2:3:4:5')
#= true

is_mac_address('80:00:02:09:fe:80:00:00:00:00:00:00:00:24:65:ff:ff:91:a3:12')
#= true

is_mac_address('x')
#= false

is_mac_address(1)
#! Evaluation Error: Error while evaluating a Function Call, no implicit conversion of Integer into String

is_mac_address(undef)
#= false

is_mac_address("x\n00:a0:1f:12:7f:a0")
#= true

validate_domain_name()
#! Evaluation Error: Error while evaluating a Function Call, validate_domain_name(): wrong number of arguments (0; must be > 0)

validate_domain_name('example.com')
#= undef

validate_domain_name('example.com', '-x')
#! Evaluation Error: Error while evaluating a Function Call, "-x" is not a syntactically correct domain name

validate_domain_name(1)
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.

validate_domain_name('')
#! Evaluation Error: Error while evaluating a Function Call, "" is not a syntactically correct domain name

validate_email_address()
#! Evaluation Error: Error while evaluating a Function Call, validate_email_address(): wrong number of arguments (0; must be > 0)

validate_email_address('a@example.com')
#= undef

validate_email_address('a@example.com', 'x')
#! Evaluation Error: Error while evaluating a Function Call, "x" is not a valid email address

validate_email_address(1)
#! Evaluation Error: Error while evaluating a Function Call, 1 is not a string.

validate_email_address(undef)
#! Evaluation Error: Error while evaluating a Function Call, "" is not a valid email address
