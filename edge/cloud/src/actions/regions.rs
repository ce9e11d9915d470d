//! The published numbers of regions. Orders and records name a region by its code or by its published name, or by another
//! word of the platform's; bills show the number that the cloud's other interfaces have for it.

/// Code, published name and number, by number.
const REGIONS: &[(&str, &str, u32)] = &[
    ("ap-guangzhou", "South China (Guangzhou)", 1),
    ("ap-shanghai", "East China (Shanghai)", 4),
    ("ap-hongkong", "Hong Kong (China)", 5),
    ("na-toronto", "North America (Toronto)", 6),
    ("ap-shanghai-fsi", "East China (Shanghai Finance)", 7),
    ("ap-beijing", "North China (Beijing)", 8),
    ("ap-singapore", "Southeast Asia (Singapore)", 9),
    ("ap-shenzhen-fsi", "South China (Shenzhen Finance)", 11),
    ("na-siliconvalley", "West US (Silicon Valley)", 15),
    ("ap-chengdu", "Southwest China (Chengdu)", 16),
    ("eu-frankfurt", "Europe (Frankfurt)", 17),
    ("ap-seoul", "Northeast Asia (Seoul)", 18),
    ("ap-chongqing", "Southwest China (Chongqing)", 19),
    ("ap-mumbai", "South Asia (Mumbai)", 21),
    ("na-ashburn", "East US (Virginia)", 22),
    ("ap-bangkok", "Southeast Asia (Bangkok)", 23),
    ("eu-moscow", "Northeast Europe (Moscow)", 24),
    ("ap-tokyo", "Northeast Asia (Tokyo)", 25),
    ("ap-nanjing", "East China (Nanjing)", 33),
    ("ap-tianjin", "North China (Tianjin)", 36),
    ("ap-shenzhen", "South China (Shenzhen)", 37),
    ("ap-taipei", "Taiwan (China)", 39),
    ("ap-beijing-fsi", "North China (Beijing Finance)", 46),
    ("ap-jakarta", "Southeast Asia (Jakarta)", 72),
    ("sa-saopaulo", "South America (São Paulo)", 74),
];

/// The published number of the region that is known by this code or name.
pub(in crate::actions) fn number(given: &str) -> Option<u32> {
    REGIONS.iter().find(|(code, name, _)| *code == given || *name == given).map(|(.., number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_region_is_known_by_its_code_and_by_its_name() {
        assert_eq!((number("ap-beijing"), number("North China (Beijing)")), (Some(8), Some(8)));
        assert_eq!(number("ap-singapore"), Some(9));
        for unknown in ["", "default", "AP-BEIJING", "our cellar", "8"] {
            assert_eq!(number(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn no_two_regions_are_the_same() {
        assert!(REGIONS.is_sorted_by(|one, next| one.2 < next.2));
        let words: BTreeSet<_> = REGIONS.iter().flat_map(|(code, name, _)| [code, name]).collect();
        assert_eq!(words.len(), 2 * REGIONS.len());
    }
}
