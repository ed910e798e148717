//! An indicator inside a record: where it stood, in which role, with which verdict.

use indicator::Indicator;
use search::Place;

/// One indicator in one place of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// The indicator.
    pub indicator: Indicator,
    /// The field, as Microsoft names it.
    pub place: String,
    /// Microsoft's role, or one of Oriel's.
    pub role: Option<String>,
    /// Microsoft's verdict on this piece of evidence.
    pub verdict: Option<String>,
}

/// What a record's evidence holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Every indicator, in the order of the record.
    pub sightings: Vec<Sighting>,
    /// Names of devices.
    pub devices: Vec<String>,
    /// Names of accounts.
    pub accounts: Vec<String>,
    /// Pieces that could not be read.
    pub unread: u32,
}

/// Other indicators of one alert that are offered as pivots.
const PIVOTS: usize = 50;

impl Seen {
    pub(crate) fn add(
        &mut self,
        indicator: Option<Indicator>,
        place: impl Into<String>,
        role: Option<&str>,
        verdict: Option<&str>,
    ) {
        if let Some(indicator) = indicator {
            let sighting = Sighting {
                indicator,
                place: place.into(),
                role: role.map(str::to_owned),
                verdict: verdict.map(str::to_owned),
            };
            if !self.sightings.contains(&sighting) {
                self.sightings.push(sighting);
            }
        }
    }

    pub(crate) fn device(&mut self, name: Option<&str>) {
        once(&mut self.devices, name);
    }

    pub(crate) fn account(&mut self, name: Option<&str>) {
        once(&mut self.accounts, name);
    }

    /// Takes in what another piece of the same record holds.
    pub(crate) fn extend(&mut self, other: Seen) {
        for sighting in other.sightings {
            if !self.sightings.contains(&sighting) {
                self.sightings.push(sighting);
            }
        }
        other.devices.iter().for_each(|name| self.device(Some(name)));
        other.accounts.iter().for_each(|name| self.account(Some(name)));
        self.unread += other.unread;
    }

    /// Where the indicator stands. Only the very name or address counts: a sub-domain is another name.
    pub(crate) fn places_of(&self, indicator: &Indicator) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for sighting in self.sightings.iter().filter(|sighting| sighting.indicator == *indicator) {
            let place =
                Place { place: sighting.place.clone(), role: sighting.role.clone(), verdict: sighting.verdict.clone() };
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    /// The other indicators, without those that are the organisation's own in any of their places.
    pub(crate) fn pivots(&self, indicator: &Indicator) -> Vec<String> {
        const OWN: [&str; 5] = ["own_device", "own_account", "recipient", "client", "resolver"];
        let is_own = |role: &str| OWN.contains(&role);
        let own: Vec<&Indicator> = (self.sightings.iter())
            .filter(|sighting| sighting.role.as_deref().is_some_and(is_own))
            .map(|sighting| &sighting.indicator)
            .collect();
        let mut pivots: Vec<String> = Vec::new();
        for sighting in (self.sightings.iter())
            .filter(|sighting| sighting.indicator != *indicator && !own.contains(&&sighting.indicator))
        {
            let value = sighting.indicator.value();
            if pivots.len() < PIVOTS && !pivots.contains(&value) {
                pivots.push(value);
            }
        }
        pivots
    }
}

fn once(list: &mut Vec<String>, name: Option<&str>) {
    if let Some(name) = name.map(str::trim).filter(|name| !name.is_empty())
        && !list.iter().any(|known| known.eq_ignore_ascii_case(name))
    {
        list.push(name.to_owned());
    }
}
