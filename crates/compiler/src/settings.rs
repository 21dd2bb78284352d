//! The class `settings`, whose variables are the server's settings.

use pcore::{Hash, Value};

use crate::error::Control;
use crate::resource::TypeOf;
use crate::scope::TOP;
use crate::session::Session;

impl<'i> Session<'i> {
    /// Adds the class to the catalog.
    pub(crate) fn evaluate_settings(&mut self) -> Result<(), Control> {
        let image = self.image;
        let definition = &image.settings_class;
        let mut resource = self.new_resource(TypeOf::Class(definition), "Settings".into(), TOP, None);
        resource.evaluated = true;
        resource.tagged = Some(0);
        resource.finished = true;
        let id = self.add_resource(resource)?;
        self.class_resources.insert(definition.name, id);
        let scope = self.new_scope(TOP, definition, id);
        self.class_scopes.insert(definition.name, scope);
        self.add_class_name("settings".into())?;
        let stage = self.find_resource("stage", &"main".into())?;
        self.edges.extend(stage.map(|stage| (stage, id)));
        Ok(())
    }

    /// A variable of the class.
    pub(crate) fn setting(&self, name: &str) -> Option<Value> {
        let settings = &self.image.options.settings;
        if name == "all_local" {
            let all: Hash = settings.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            return Some(Value::hash(all));
        }
        settings.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }
}
