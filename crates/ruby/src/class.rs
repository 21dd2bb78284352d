//! The classes that templates can meet, with their names and ancestors.

macro_rules! classes {
    ($($id:ident $name:literal $kind:ident $parent:ident [$($module:ident)*];)*) => {
        /// A class or module. All of them exist from the start; templates cannot define more.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(clippy::enum_variant_names, reason = "the names are Ruby's")]
        pub(crate) enum Class {
            $(#[doc = $name] $id),*
        }

        impl Class {
            const ALL: &[Class] = &[$(Class::$id),*];

            /// The full name.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Class::$id => $name),* }
            }

            /// True for modules, which have no instances.
            pub(crate) fn is_module(self) -> bool {
                match self { $(Class::$id => classes!(@is_module $kind)),* }
            }

            /// The superclass; `BasicObject` and modules are their own.
            pub(crate) fn parent(self) -> Class {
                match self { $(Class::$id => Class::$parent),* }
            }

            fn modules(self) -> &'static [Class] {
                match self { $(Class::$id => &[$(Class::$module),*]),* }
            }
        }
    };
    (@is_module class) => { false };
    (@is_module module) => { true };
}

classes! {
    BasicObject "BasicObject" class BasicObject [];
    Object "Object" class BasicObject [Kernel];
    Kernel "Kernel" module Kernel [];
    Comparable "Comparable" module Comparable [];
    Enumerable "Enumerable" module Enumerable [];
    Module "Module" class Object [];
    Class "Class" class Module [];
    NilClass "NilClass" class Object [];
    TrueClass "TrueClass" class Object [];
    FalseClass "FalseClass" class Object [];
    Numeric "Numeric" class Object [Comparable];
    Integer "Integer" class Numeric [];
    Float "Float" class Numeric [];
    Rational "Rational" class Numeric [];
    Complex "Complex" class Numeric [];
    BigDecimal "BigDecimal" class Numeric [];
    String "String" class Object [Comparable];
    Symbol "Symbol" class Object [Comparable];
    Array "Array" class Object [Enumerable];
    Hash "Hash" class Object [Enumerable];
    Range "Range" class Object [Enumerable];
    Regexp "Regexp" class Object [];
    MatchData "MatchData" class Object [];
    Proc "Proc" class Object [];
    Method "Method" class Object [];
    Enumerator "Enumerator" class Object [Enumerable];
    Lazy "Enumerator::Lazy" class Enumerator [];
    Set "Set" class Object [Enumerable];
    Struct "Struct" class Object [Enumerable];
    Time "Time" class Object [Comparable];
    IO "IO" class Object [Enumerable];
    File "File" class IO [];
    PackageUtil "Puppet::Util::Package" module PackageUtil [];
    Dir "Dir" class Object [Enumerable];
    Math "Math" module Math [];
    Process "Process" module Process [];
    Random "Random" class Object [];
    Exception "Exception" class Object [];
    ScriptError "ScriptError" class Exception [];
    LoadError "LoadError" class ScriptError [];
    NotImplementedError "NotImplementedError" class ScriptError [];
    SyntaxError "SyntaxError" class ScriptError [];
    NoMemoryError "NoMemoryError" class Exception [];
    SecurityError "SecurityError" class Exception [];
    SystemExit "SystemExit" class Exception [];
    SystemStackError "SystemStackError" class Exception [];
    StandardError "StandardError" class Exception [];
    ArgumentError "ArgumentError" class StandardError [];
    DomainError "Math::DomainError" class ArgumentError [];
    UncaughtThrowError "UncaughtThrowError" class ArgumentError [];
    EncodingError "EncodingError" class StandardError [];
    IOError "IOError" class StandardError [];
    IndexError "IndexError" class StandardError [];
    KeyError "KeyError" class IndexError [];
    StopIteration "StopIteration" class IndexError [];
    LocalJumpError "LocalJumpError" class StandardError [];
    NameError "NameError" class StandardError [];
    NoMethodError "NoMethodError" class NameError [];
    RangeError "RangeError" class StandardError [];
    FloatDomainError "FloatDomainError" class RangeError [];
    RegexpError "RegexpError" class StandardError [];
    RuntimeError "RuntimeError" class StandardError [];
    FrozenError "FrozenError" class RuntimeError [];
    SystemCallError "SystemCallError" class StandardError [];
    TypeError "TypeError" class StandardError [];
    PsychSyntaxError "Psych::SyntaxError" class StandardError [];
    ZeroDivisionError "ZeroDivisionError" class StandardError [];
    Puppet "Puppet" module Puppet [];
    PuppetError "Puppet::Error" class RuntimeError [];
    ParseError "Puppet::ParseError" class PuppetError [];
    DevError "Puppet::DevError" class PuppetError [];
    PuppetParser "Puppet::Parser" module PuppetParser [];
    PuppetPops "Puppet::Pops" module PuppetPops [];
    PopsTypes "Puppet::Pops::Types" module PopsTypes [];
    PopsTime "Puppet::Pops::Time" module PopsTime [];
    Scope "Puppet::Parser::Scope" class Object [];
    TemplateWrapper "Puppet::Parser::TemplateWrapper" class Object [];
    PAnyType "Puppet::Pops::Types::PAnyType" class Object [];
    PAbstractTimeDataType "Puppet::Pops::Types::PAbstractTimeDataType" class PScalarType [];
    PArrayType "Puppet::Pops::Types::PArrayType" class PCollectionType [];
    PBooleanType "Puppet::Pops::Types::PBooleanType" class PScalarDataType [];
    PCallableType "Puppet::Pops::Types::PCallableType" class PAnyType [];
    PCatalogEntryType "Puppet::Pops::Types::PCatalogEntryType" class PAnyType [];
    PClassType "Puppet::Pops::Types::PClassType" class PCatalogEntryType [];
    PCollectionType "Puppet::Pops::Types::PCollectionType" class PAnyType [];
    PDefaultType "Puppet::Pops::Types::PDefaultType" class PAnyType [];
    PEnumType "Puppet::Pops::Types::PEnumType" class PScalarDataType [];
    PFloatType "Puppet::Pops::Types::PFloatType" class PNumericType [];
    PHashType "Puppet::Pops::Types::PHashType" class PCollectionType [];
    PInitType "Puppet::Pops::Types::PInitType" class PTypeWithContainedType [];
    PIntegerType "Puppet::Pops::Types::PIntegerType" class PNumericType [];
    PIterableType "Puppet::Pops::Types::PIterableType" class PTypeWithContainedType [];
    PIteratorType "Puppet::Pops::Types::PIteratorType" class PTypeWithContainedType [];
    PMetaType "Puppet::Pops::Types::PMetaType" class PAnyType [];
    PNotUndefType "Puppet::Pops::Types::PNotUndefType" class PTypeWithContainedType [];
    PNumericType "Puppet::Pops::Types::PNumericType" class PScalarDataType [];
    PObjectType "Puppet::Pops::Types::PObjectType" class PMetaType [];
    PObjectTypeExtension "Puppet::Pops::Types::PObjectTypeExtension" class PAnyType [];
    POptionalType "Puppet::Pops::Types::POptionalType" class PTypeWithContainedType [];
    PPatternType "Puppet::Pops::Types::PPatternType" class PScalarDataType [];
    PRegexpType "Puppet::Pops::Types::PRegexpType" class PScalarType [];
    PResourceType "Puppet::Pops::Types::PResourceType" class PCatalogEntryType [];
    PRuntimeType "Puppet::Pops::Types::PRuntimeType" class PAnyType [];
    PScalarDataType "Puppet::Pops::Types::PScalarDataType" class PScalarType [];
    PScalarType "Puppet::Pops::Types::PScalarType" class PAnyType [];
    PSemVerRangeType "Puppet::Pops::Types::PSemVerRangeType" class PAnyType [];
    PSemVerType "Puppet::Pops::Types::PSemVerType" class PScalarType [];
    PSensitiveType "Puppet::Pops::Types::PSensitiveType" class PTypeWithContainedType [];
    PStringType "Puppet::Pops::Types::PStringType" class PScalarDataType [];
    PStructType "Puppet::Pops::Types::PStructType" class PAnyType [Enumerable];
    PTimespanType "Puppet::Pops::Types::PTimespanType" class PAbstractTimeDataType [];
    PTimestampType "Puppet::Pops::Types::PTimestampType" class PAbstractTimeDataType [];
    PTupleType "Puppet::Pops::Types::PTupleType" class PAnyType [Enumerable];
    PTypeAliasType "Puppet::Pops::Types::PTypeAliasType" class PAnyType [];
    PTypeReferenceType "Puppet::Pops::Types::PTypeReferenceType" class PAnyType [];
    PTypeSetType "Puppet::Pops::Types::PTypeSetType" class PMetaType [];
    PTypeType "Puppet::Pops::Types::PTypeType" class PTypeWithContainedType [];
    PTypeWithContainedType "Puppet::Pops::Types::PTypeWithContainedType" class PAnyType [];
    PURIType "Puppet::Pops::Types::PURIType" class PAnyType [];
    PUndefType "Puppet::Pops::Types::PUndefType" class PAnyType [];
    PUnitType "Puppet::Pops::Types::PUnitType" class PAnyType [];
    PVariantType "Puppet::Pops::Types::PVariantType" class PAnyType [Enumerable];
    Sensitive "Puppet::Pops::Types::PSensitiveType::Sensitive" class Object [];
    PBinaryType "Puppet::Pops::Types::PBinaryType" class PAnyType [];
    Binary "Puppet::Pops::Types::PBinaryType::Binary" class Object [];
    Timestamp "Puppet::Pops::Time::Timestamp" class Object [Comparable];
    Timespan "Puppet::Pops::Time::Timespan" class Object [Comparable];
    SemanticPuppet "SemanticPuppet" module SemanticPuppet [];
    Version "SemanticPuppet::Version" class Numeric [];
    VersionRange "SemanticPuppet::VersionRange" class Object [];
    PuppetUri "URI::Generic" class Object [];
    Deferred "Puppet::Pops::Types::Deferred" class Object [];
    PuppetObject "Puppet::Pops::Types::PuppetObject" class Object [];
    Resource "Puppet::Resource" class Object [];
    Iterator "Puppet::Pops::Types::Iterator" class Object [Enumerable];
    Json "JSON" module Json [];
    JsonError "JSON::JSONError" class StandardError [];
    JsonParserError "JSON::ParserError" class JsonError [];
    JsonGeneratorError "JSON::GeneratorError" class JsonError [];
    Psych "Psych" module Psych [];
    Shellwords "Shellwords" module Shellwords [];
    IpAddr "IPAddr" class Object [Comparable];
    IpAddrError "IPAddr::Error" class ArgumentError [];
    IpAddrInvalidAddress "IPAddr::InvalidAddressError" class IpAddrError [];
    IpAddrAddressFamily "IPAddr::AddressFamilyError" class IpAddrError [];
    IpAddrInvalidPrefix "IPAddr::InvalidPrefixError" class IpAddrInvalidAddress [];
    Digest "Digest" module Digest [];
    DigestMd5 "Digest::MD5" class Object [];
    DigestSha1 "Digest::SHA1" class Object [];
    DigestSha256 "Digest::SHA256" class Object [];
    Base64 "Base64" module Base64 [];
    Erb "ERB" class Object [];
    ErbUtil "ERB::Util" module ErbUtil [];
    Cgi "CGI" class Object [];
    Uri "URI" module Uri [];
    UriError "URI::Error" class StandardError [];
    InvalidUriError "URI::InvalidURIError" class UriError [];
    SecureRandom "SecureRandom" module SecureRandom [];
}

impl Class {
    /// The class of this name.
    pub(crate) fn named(name: &str) -> Option<Class> {
        let name = match name {
            "YAML" => "Psych",
            "Fixnum" | "Bignum" => "Integer",
            "URI" => return Some(Class::Uri),
            other => other,
        };
        Class::ALL.iter().copied().find(|class| class.name() == name)
    }

    /// The class itself, its superclasses and the modules of all.
    pub(crate) fn ancestors(self) -> Vec<Class> {
        let mut found = Vec::new();
        let mut at = self;
        loop {
            found.push(at);
            found.extend(at.modules());
            let parent = at.parent();
            if parent == at {
                return found;
            }
            at = parent;
        }
    }

    /// True if instances of this class are instances of the other.
    pub(crate) fn is_a(self, other: Class) -> bool {
        let mut at = self;
        loop {
            if at == other || at.modules().contains(&other) {
                return true;
            }
            let parent = at.parent();
            if parent == at {
                return false;
            }
            at = parent;
        }
    }
}
