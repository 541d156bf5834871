//! Icons: a shape that always stands beside its word.

use maud::{Markup, html};

macro_rules! icons {
    ($($variant:ident = $path:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($variant,)* }

        impl Icon {
            fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)* }
            }
        }
    };
}

icons! {
    Heart = "M12 21 3.6 12.6a5.4 5.4 0 0 1 7.6-7.6l.8.8.8-.8a5.4 5.4 0 0 1 7.6 7.6z",
    Order = "M5 2h10l4 4v16H5zM8 9v2h8V9zm0 4v2h8v-2zm0 4v2h5v-2z",
    Warn = "M12 2 23 21H1zm-1 7v6h2V9zm0 8v2h2v-2z",
    Stop = "M8 2h8l6 6v8l-6 6H8l-6-6V8zm3 5v7h2V7zm0 9v2h2v-2z",
    Info = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 8h2v7h-2zm0-3h2v2h-2z",
    Ok = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM6.5 12.5 8 11l3 3 5.5-5.6 1.5 1.4L11 17z",
    Ask = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 14.5h2v2h-2zm2-1.5h-2c0-3.5 3-3.3 3-5.4a2 2 0 0 0-4 0H8a4 4 0 0 1 8 0c0 2.7-3 3.1-3 5.4z",
    None = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM8 11h8v2H8z",
    Half = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 0 1 0 16z",
    Ring = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16z",
    Clock = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm-1 3v6l4.5 2.7 1-1.7-3.5-2V7z",
    Phone = "M6.6 2 9.5 7 7.6 9.4c1.4 2.9 4.1 5.6 7 7L17 14.5l5 2.9c-.3 2.5-2 4.6-4.5 4.6C9.5 22 2 14.5 2 6.5 2 4 4.1 2.3 6.6 2z",
    Drop = "M12 1c4.5 5.5 7.5 9 7.5 13.5a7.5 7.5 0 0 1-15 0C4.5 10 7.5 6.5 12 1z",
    Allergy = "M12 1 23 12 12 23 1 12zm-1 5v7h2V6zm0 9v2h2v-2z",
    Germ = "M11 2h2v3.1a7 7 0 0 1 3.2 1.3l2.2-2.2 1.4 1.4-2.2 2.2A7 7 0 0 1 18.9 11H22v2h-3.1a7 7 0 0 1-1.3 3.2l2.2 2.2-1.4 1.4-2.2-2.2A7 7 0 0 1 13 18.9V22h-2v-3.1a7 7 0 0 1-3.2-1.3l-2.2 2.2-1.4-1.4 2.2-2.2A7 7 0 0 1 5.1 13H2v-2h3.1a7 7 0 0 1 1.3-3.2L4.2 5.6l1.4-1.4 2.2 2.2A7 7 0 0 1 11 5.1zM10 8.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm4 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
    Device = "M8 2h2v5h4V2h2v5h2v5a6 6 0 0 1-5 5.9V22h-2v-4.1A6 6 0 0 1 6 12V7h2z",
    Pill = "M4.2 19.8a5 5 0 0 1 0-7.1l8.5-8.5a5 5 0 0 1 7.1 7.1l-8.5 8.5a5 5 0 0 1-7.1 0zM9 11l4 4 5.4-5.3a3 3 0 0 0-4.2-4.1z",
    Person = "M12 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM2 22c0-5 4.5-8 10-8s10 3 10 8z",
    People = "M8 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm8 0a4 4 0 1 1 0 8 4 4 0 0 1-1.5-.3 6 6 0 0 0 0-7.4A4 4 0 0 1 16 3zM1 21c0-5 3-8 7-8s7 3 7 8zm16 0c0-3.2-.9-5.8-2.6-7.7.5-.2 1-.3 1.6-.3 4 0 7 3 7 8z",
}

/// The icon, hidden from screen readers because its word stands beside it.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" { path fill-rule="evenodd" d=(icon.path()) {} }
    }
}
