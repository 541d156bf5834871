//! Whose word is taken for where a request came from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Proxies in front of the service, by their networks.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Network>);

#[derive(Clone, Copy, Debug)]
struct Network {
    address: IpAddr,
    /// How many bits of it all have in common.
    bits: u8,
}

impl Proxies {
    /// From `10.0.0.5, 192.168.1.0/24, ::1`.
    ///
    /// # Errors
    /// The part that is no address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts
            .map(Network::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// Where a request came from: the peer, or what a trusted peer says. Each proxy adds whom it heard to the right, so the
    /// list is read from there, and as far as those who wrote it are trusted; the rest anybody can have made up.
    pub fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut source = peer.to_canonical();
        let lines: Vec<&str> = headers
            .get_all(FORWARDED)
            .iter()
            .map(|line| line.to_str().unwrap_or_default())
            .collect();
        let named = lines.iter().flat_map(|line| line.split(',')).rev();
        for name in named {
            if !self.trusts(source) {
                break;
            }
            match address(name.trim()) {
                Some(next) => source = next,
                None => break,
            }
        }
        source
    }
}

/// An address as proxies write it, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse()
        .or_else(|_| {
            text.parse()
                .map(|with_port: std::net::SocketAddr| with_port.ip())
        })
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("「{text}」はアドレスではありません");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => most,
        };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }

    fn holds(self, other: IpAddr) -> bool {
        first_bits(self.address, self.bits) == first_bits(other.to_canonical(), self.bits)
    }
}

/// The first bits of an address, and of which kind it is.
pub fn first_bits(address: IpAddr, bits: u8) -> (bool, u128) {
    let (is_four, wide) = match address {
        IpAddr::V4(four) => (true, u128::from(four.to_bits()) << 96),
        IpAddr::V6(six) => (false, six.to_bits()),
    };
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    (is_four, wide & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        let proxies = Proxies::parse(trusted).unwrap();
        proxies.source(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_header_from_elsewhere_changes_nothing() {
        assert_eq!(source("", "198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(
            source("10.0.0.0/8", "198.51.100.7", &["203.0.113.9"]),
            "198.51.100.7"
        );
        assert_eq!(
            source("10.0.0.0/8", "::ffff:198.51.100.7", &["1.1.1.1"]),
            "198.51.100.7"
        );
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_what_came_to_it_is_not() {
        let trusted = "10.0.0.5, 10.1.0.0/16, 2001:db8::/32";
        assert_eq!(source(trusted, "10.0.0.5", &["203.0.113.9"]), "203.0.113.9");
        // The visitor made the first one up.
        assert_eq!(
            source(trusted, "10.0.0.5", &["8.8.8.8, 203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(
            source(trusted, "10.0.0.5", &["8.8.8.8", "203.0.113.9"]),
            "203.0.113.9"
        );
        // Two proxies behind one another.
        assert_eq!(
            source(trusted, "10.0.0.5", &["203.0.113.9, 10.1.2.3"]),
            "203.0.113.9"
        );
        assert_eq!(
            source(trusted, "2001:db8::1", &["203.0.113.9:4711"]),
            "203.0.113.9"
        );
        assert_eq!(
            source(trusted, "10.0.0.5", &["[2001:db9::1]:80"]),
            "2001:db9::1"
        );
    }

    #[test]
    fn what_is_no_address_is_not_passed_on() {
        assert_eq!(
            source("10.0.0.5", "10.0.0.5", &["203.0.113.9, unknown"]),
            "10.0.0.5"
        );
        assert_eq!(source("10.0.0.5", "10.0.0.5", &["<script>"]), "10.0.0.5");
        assert_eq!(source("10.0.0.5", "10.0.0.5", &[]), "10.0.0.5");
    }

    #[test]
    fn a_wrong_list_is_refused() {
        for wrong in ["10.0.0.0/33", "::/129", "proxy", "10.0.0.0/x"] {
            assert!(
                Proxies::parse(wrong).unwrap_err().contains(wrong),
                "{wrong}"
            );
        }
    }

    #[test]
    fn all_addresses_are_in_a_network_without_bits_but_of_its_own_kind() {
        let (all, four) = (
            Network::parse("0.0.0.0/0").unwrap(),
            "203.0.113.9".parse().unwrap(),
        );
        assert!(all.holds(four) && !all.holds("2001:db8::1".parse().unwrap()));
    }
}
