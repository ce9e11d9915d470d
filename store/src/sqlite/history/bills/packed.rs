//! Numbers and texts packed into bytes: seven bits of a number a byte, the last byte without the eighth; numbers with a
//! sign folded so that small ones stay short either way; texts behind their length. Whatever is read back is input: where
//! bytes do not make sense there is no answer.

use crate::bill::Sums;

pub(super) fn put_whole(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

pub(super) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_whole(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn put_wide(bytes: &mut Vec<u8>, number: i128) {
    let mut folded = ((number << 1) ^ (number >> 127)).cast_unsigned();
    while let Err(_) | Ok(0x80..) = u64::try_from(folded) {
        bytes.push((folded & 0x7f) as u8 | 0x80);
        folded >>= 7;
    }
    bytes.push((folded & 0x7f) as u8);
}

pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_whole(bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
}

pub(super) fn put_sums(bytes: &mut Vec<u8>, sums: &Sums) {
    let Sums { lines, list_amount, voucher_amount, amount, partner_amount } = *sums;
    put_whole(bytes, lines);
    [list_amount, voucher_amount, amount, partner_amount].into_iter().for_each(|sum| put_wide(bytes, sum));
}

/// Bytes that are read front to back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unpacker<'b>(pub(super) &'b [u8]);

impl<'b> Unpacker<'b> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn whole(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        let folded = self.whole()?;
        Some((folded >> 1).cast_signed() ^ -((folded & 1).cast_signed()))
    }

    fn wide(&mut self) -> Option<i128> {
        let mut folded = 0_u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            let part = u128::from(byte & 0x7f);
            if part << shift >> shift != part {
                return None;
            }
            folded |= part << shift;
            if byte < 0x80 {
                return Some((folded >> 1).cast_signed() ^ -((folded & 1).cast_signed()));
            }
        }
        None
    }

    pub(super) fn bytes(&mut self, count: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn sums(&mut self) -> Option<Sums> {
        Some(Sums {
            lines: self.whole()?,
            list_amount: self.wide()?,
            voucher_amount: self.wide()?,
            amount: self.wide()?,
            partner_amount: self.wide()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let mut bytes = Vec::new();
        let wholes = [0, 1, 127, 128, 16_383, 16_384, u64::MAX - 1, u64::MAX];
        let signed = [0, 1, -1, 63, -64, 64, i64::MIN, i64::MAX];
        wholes.into_iter().for_each(|number| put_whole(&mut bytes, number));
        signed.into_iter().for_each(|number| put_signed(&mut bytes, number));
        put_text(&mut bytes, "ébène");
        let sums = |wide| Sums { lines: 3, list_amount: wide, voucher_amount: -wide, amount: 1, partner_amount: -1 };
        let wides = [0, 5, i128::from(i64::MIN), i128::from(u64::MAX), i128::MAX];
        wides.into_iter().for_each(|wide| put_sums(&mut bytes, &sums(wide)));
        let mut unpacker = Unpacker(&bytes);
        wholes.into_iter().for_each(|number| assert_eq!(unpacker.whole(), Some(number)));
        signed.into_iter().for_each(|number| assert_eq!(unpacker.signed(), Some(number)));
        assert_eq!(unpacker.whole(), Some(7));
        assert_eq!(unpacker.bytes(7), Some("ébène".as_bytes()));
        wides.into_iter().for_each(|wide| assert_eq!(unpacker.sums(), Some(sums(wide))));
        assert!(unpacker.is_empty());
        assert_eq!(unpacker.byte(), None);
    }

    #[test]
    fn what_was_never_packed_is_no_number() {
        assert_eq!(Unpacker(&[0x80]).whole(), None);
        assert_eq!(Unpacker(&[0xff; 10]).whole(), None);
        assert_eq!(Unpacker(&[0xff; 20]).wide(), None);
        assert_eq!(Unpacker(&[5]).bytes(2), None);
        assert_eq!(Unpacker(&[5]).bytes(u64::MAX), None);
    }
}
