//! Tests of the packed table.

use super::*;
use crate::store::mix::mix;
use proptest::prelude::*;
use std::collections::HashMap;

fn filled(bytes: usize, n: u64, value_bits: u32) -> Packed {
    let mut table = Packed::new(bytes, value_bits);
    for key in 1..=n {
        table.push(mix(key), key as u32 & ((1 << 22) - 1));
    }
    table
}

#[test]
fn finds_nearly_all_while_it_grows() {
    for value_bits in [22, 32] {
        // 250,000 entries in one shard are 16 million in all.
        let table = filled(1 << 22, 250_000, value_bits);
        let found = (1..=250_000u64).filter(|&key| table.get(mix(key)).any(|value| u64::from(value) == key)).count();
        let cost = table.bytes() as f64 / found as f64;
        assert!(found > 248_000, "{found} of 250000 found");
        assert!(cost < if value_bits == 22 { 8.5 } else { 11.0 }, "{cost} bytes per entry");
        let strangers = (250_001..1_250_000u64).filter(|&key| table.get(mix(key)).next().is_some()).count();
        assert!(strangers < 20, "{strangers} of a million strangers found");
    }
}

#[test]
fn a_flood_stays_in_bounds_and_the_newest_stay() {
    let table = filled(1 << 16, 100_000, 22);
    assert!(table.bytes() <= 1 << 16 && table.len() <= 1 << 14);
    assert!((99_900..=100_000u64).all(|key| table.get(mix(key)).next().is_some()));
    assert_eq!(table.len() as u64 + table.evicted(), 100_000);
}

#[test]
fn homes_are_what_division_makes_them() {
    for value_bits in [22, 32] {
        for sets in [64, 128, 192, 704, 10_432, 1 << 20, MOST_SETS - 64, MOST_SETS] {
            let format = Format::new(sets, value_bits);
            let all = 1_u64 << format.home_bits;
            let some = (0..2_000).map(|i| mix(i) % all);
            let edges = (0..200).map(|i| format.first(sets / 200 * i)).flat_map(|bits| [bits, bits.saturating_sub(1)]);
            for bits in some.chain(edges).chain([0, 1, all - 1]) {
                let set = u128::from(bits) * sets as u128 / u128::from(all);
                let first = (set * u128::from(all)).div_ceil(sets as u128);
                let home = format.home_of(bits);
                assert_eq!(
                    (home.set as u128, u128::from(home.rest)),
                    (set, u128::from(bits) - first),
                    "{bits} in {sets}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn it_is_a_multimap(actions in prop::collection::vec((0..4u8, 0..200u64, 0..1u32 << 22), 1..3000)) {
        let (mut table, mut model) = (Packed::new(1 << 20, 22), HashMap::<u64, Vec<u32>>::new());
        for (action, key, value) in actions {
            // Neighbours in the table, so that sets overflow.
            let (mixed, known) = ((key << 21) | 5, model.entry(key).or_default());
            match action {
                0 | 1 if known.len() < 6 => {
                    table.push(mixed, value);
                    known.push(value);
                }
                2 => if let Some(&first) = table.get(mixed).collect::<Vec<_>>().first() {
                    table.remove(mixed);
                    known.remove(known.iter().position(|&value| value == first).unwrap());
                },
                _ => if let Some(&old) = known.first() {
                    table.replace(mixed, old, value);
                    known[0] = value;
                },
            }
        }
        // What was evicted is gone from the table only.
        for (key, mut values) in model {
            let mut found: Vec<u32> = table.get((key << 21) | 5).collect();
            found.sort_unstable();
            values.sort_unstable();
            if table.evicted() == 0 {
                prop_assert_eq!(found, values);
            } else {
                prop_assert!(found.len() <= 6);
            }
        }
        let len = table.len();
        table.retain(|value| value % 2 == 0);
        prop_assert!(table.len() <= len);
        table.retain(|_| false);
        prop_assert_eq!(table.len(), 0);
    }
}

/// Any bytes, with some entries of the wanted kind among them.
fn sets(format: Format, tag: u64) -> impl Strategy<Value = Set> {
    let bytes = prop::collection::vec(any::<u8>(), SET_BYTES);
    let puts = prop::collection::vec((0..format.ways, any::<u8>()), 0..3);
    (bytes, puts, 0..=format.ways).prop_map(move |(bytes, puts, count)| {
        let mut set = Set(bytes.try_into().unwrap());
        for (at, value) in puts {
            set.put(at, tag << format.value_bits | u64::from(value), &format);
        }
        set.0[COUNT] = count as u8;
        set
    })
}

proptest! {
    #[test]
    fn a_position_is_the_first_that_a_look_at_each_finds(
        (format, tag, set) in (
            prop::sample::select(vec![64_usize, 128, 704, 10_432, 1 << 20, MOST_SETS]),
            prop::sample::select(vec![22_u32, 32]),
            any::<u64>(),
        ).prop_flat_map(|(size, value_bits, tag)| {
            let format = Format::new(size, value_bits);
            let tag = tag >> (u64::BITS - 8 * format.width as u32 + value_bits);
            (Just(format), Just(tag), sets(format, tag))
        })
    ) {
        let by_look = (0..set.count()).find(|&at| set.entry(at, &format) >> format.value_bits == tag);
        prop_assert_eq!(set.position(tag, &format), by_look);
    }

    #[test]
    fn what_is_put_in_front_moves_the_others(size in 6..27_u32, entries in prop::collection::vec(any::<u64>(), 0..40)) {
        let format = Format::new(1 << size, 22);
        let entries: Vec<u64> = entries.iter().map(|entry| entry >> (u64::BITS - 8 * format.width as u32)).collect();
        let entries = &entries[..entries.len().min(format.ways)];
        let mut set = Set([0; SET_BYTES]);
        entries.iter().rev().for_each(|&entry| set.insert(entry, &format));
        prop_assert_eq!(set.entries(format).collect::<Vec<_>>(), entries);
        prop_assert_eq!(set.0[AWAY], 0);
    }
}
