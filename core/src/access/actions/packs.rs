//! What can be asked for about packs.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Packs"
            AddPack = "add_pack", PLATFORM_WRITE;
            ReadPacks = "read_packs", PLATFORM_READ;
    } } };
}
pub(super) use rows;
