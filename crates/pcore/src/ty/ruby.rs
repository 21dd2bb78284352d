//! How types look to Ruby code: the classes that Puppet's implementation has for them, and their names.

use super::Type;

impl Type {
    /// The full name of the Ruby class that a type is an object of: `Puppet::Pops::Types::PIntegerType`.
    pub fn ruby_class(&self) -> &'static str {
        macro_rules! full {
            ($name:literal) => {
                concat!("Puppet::Pops::Types::", $name)
            };
        }
        match self {
            Type::Any => full!("PAnyType"),
            Type::Undef => full!("PUndefType"),
            Type::Default => full!("PDefaultType"),
            Type::Scalar => full!("PScalarType"),
            Type::ScalarData => full!("PScalarDataType"),
            Type::Data | Type::RichData | Type::RichDataKey | Type::Alias(_) => full!("PTypeAliasType"),
            Type::Numeric => full!("PNumericType"),
            Type::CatalogEntry => full!("PCatalogEntryType"),
            Type::Binary => full!("PBinaryType"),
            Type::SemVerRange => full!("PSemVerRangeType"),
            Type::Deferred | Type::Object(_) | Type::AnyObject => full!("PObjectType"),
            Type::Unit => full!("PUnitType"),
            Type::Integer(..) => full!("PIntegerType"),
            Type::Float(..) => full!("PFloatType"),
            Type::String(_) | Type::StringValue(_) => full!("PStringType"),
            Type::Enum { .. } => full!("PEnumType"),
            Type::Pattern(_) => full!("PPatternType"),
            Type::Boolean(_) => full!("PBooleanType"),
            Type::Regexp(_) => full!("PRegexpType"),
            Type::Collection(_) => full!("PCollectionType"),
            Type::Array(..) => full!("PArrayType"),
            Type::Hash(..) => full!("PHashType"),
            Type::Tuple(_) => full!("PTupleType"),
            Type::Struct(_) => full!("PStructType"),
            Type::Variant(_) => full!("PVariantType"),
            Type::Optional(_) => full!("POptionalType"),
            Type::NotUndef(_) => full!("PNotUndefType"),
            Type::Type(_) => full!("PTypeType"),
            Type::Sensitive(_) => full!("PSensitiveType"),
            Type::Iterable(_) => full!("PIterableType"),
            Type::Iterator(_) => full!("PIteratorType"),
            Type::Init(_) => full!("PInitType"),
            Type::Callable(_) => full!("PCallableType"),
            Type::SemVer(_) => full!("PSemVerType"),
            Type::Timestamp(_) => full!("PTimestampType"),
            Type::Timespan(_) => full!("PTimespanType"),
            Type::Uri(_) => full!("PURIType"),
            Type::Runtime(_) => full!("PRuntimeType"),
            Type::Resource(_) => full!("PResourceType"),
            Type::Class(_) => full!("PClassType"),
            Type::ParameterizedObject(_) => full!("PObjectTypeExtension"),
            Type::TypeSet(_) | Type::AnyTypeSet => full!("PTypeSetType"),
            Type::Reference(_) => full!("PTypeReferenceType"),
        }
    }

    /// What the method `name` of such an object gives: the name of an alias or of a type that code has defined, else that of its kind
    /// (`Array` for `Array[String]`).
    pub fn ruby_name(&self) -> Option<String> {
        match self {
            Type::AnyObject => None,
            Type::AnyTypeSet => Some("DefaultTypeSet".to_owned()),
            Type::Data => Some("Data".to_owned()),
            Type::RichData => Some("RichData".to_owned()),
            Type::RichDataKey => Some("RichDataKey".to_owned()),
            Type::Deferred => Some("Deferred".to_owned()),
            Type::Alias(alias) => Some(alias.name.to_string()),
            Type::Object(object) => Some(object.name.to_string()),
            Type::TypeSet(set) => Some(set.name.to_string()),
            other => {
                let class = other.ruby_class();
                let name = class.rsplit("::P").next().unwrap_or(class);
                Some(name.strip_suffix("Type").unwrap_or(name).to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ty::Size;

    #[test]
    fn types_have_the_names_of_puppets_classes() {
        let cases = [
            (Type::Integer(1, 2), "PIntegerType", Some("Integer")),
            (Type::array_of(Type::STRING), "PArrayType", Some("Array")),
            (Type::Data, "PTypeAliasType", Some("Data")),
            (Type::Type(Type::Any.into()), "PTypeType", Some("Type")),
            (Type::Collection(Size::at_least(0)), "PCollectionType", Some("Collection")),
            (Type::AnyObject, "PObjectType", None),
            (Type::Uri(None), "PURIType", Some("URI")),
        ];
        for (ty, class, name) in cases {
            assert_eq!(ty.ruby_class(), format!("Puppet::Pops::Types::{class}"));
            assert_eq!(ty.ruby_name().as_deref(), name);
        }
    }
}
