//! Several groups as one flat set of answers.

/// Declares a type of several groups whose fields have different keys, and the one way in and out of all of them.
macro_rules! blocks {
    ($(#[$doc:meta])* pub struct $name:ident { $( $(#[$block_doc:meta])* $block:ident: $group:ty, )* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name { $( $(#[$block_doc])* pub $block: $group, )* }

        impl $name {
            /// Every field, block by block.
            pub fn fields() -> impl Iterator<Item = &'static $crate::domain::answer::Field> {
                std::iter::empty()$( .chain(<$group as $crate::domain::answer::Grouped>::FIELDS) )*
            }

            /// Every field with its answer.
            pub fn walk(
                &self,
            ) -> impl Iterator<Item = (&'static $crate::domain::answer::Field, &dyn $crate::domain::answer::Answer)> {
                use $crate::domain::answer::Group;
                std::iter::empty()$( .chain(self.$block.walk()) )*
            }

            /// The answer to `key`, if there is such a field.
            pub fn get(
                &self,
                key: &str,
            ) -> Option<(&'static $crate::domain::answer::Field, &dyn $crate::domain::answer::Answer)> {
                use $crate::domain::answer::{Group, Grouped};
                $(
                    if let Some(index) = <$group as Grouped>::FIELDS.iter().position(|field| field.key == key) {
                        return Some((&<$group as Grouped>::FIELDS[index], self.$block.answer(index)));
                    }
                )*
                None
            }

            fn read_into(&mut self, reader: &mut $crate::domain::answer::Reader<'_>) {
                use $crate::domain::answer::{Group, Grouped};
                $(
                    for (index, field) in <$group as Grouped>::FIELDS.iter().enumerate() {
                        self.$block.answer_mut(index).read(reader, field.key);
                    }
                )*
            }

            /// Reads what was typed. What could be read is held; the problems name the rest at their keys, all at once,
            /// and a key that no field has is a problem too.
            pub fn read(
                inputs: &$crate::domain::answer::Inputs,
            ) -> (Self, $crate::domain::answer::Problems) {
                let mut all = Self::default();
                let mut reader = $crate::domain::answer::Reader::new(inputs);
                all.read_into(&mut reader);
                (all, reader.finish())
            }

            /// Reads the JSON form; the same border as [`Self::read`].
            ///
            /// # Errors
            /// Every problem at its dotted key.
            pub fn from_json(value: &serde_json::Value) -> Result<Self, $crate::domain::answer::Problems> {
                let (all, problems) = Self::read(&$crate::domain::answer::Inputs::from_json(value));
                if problems.is_empty() { Ok(all) } else { Err(problems) }
            }

            /// The JSON form: answered fields only, in one flat object.
            pub fn json(&self) -> serde_json::Value {
                let mut members = serde_json::Map::new();
                for (field, answer) in self.walk() {
                    let value = answer.json();
                    if !value.is_null() {
                        members.insert(field.key.to_owned(), value);
                    }
                }
                serde_json::Value::Object(members)
            }

            /// What the inputs of an edit page hold for these answers.
            pub fn inputs(&self) -> $crate::domain::answer::Inputs {
                let mut inputs = $crate::domain::answer::Inputs::default();
                for (field, answer) in self.walk() {
                    answer.write(&mut inputs, field.key);
                }
                inputs
            }
        }
    };
}

pub(crate) use blocks;
