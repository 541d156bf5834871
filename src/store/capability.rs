//! What a facility can take on, by day and by night. Every version is kept; the newest holds.

versioned! {
    table "capability", action "facility.capability_written",
    /// Only the facilities themselves: the office and hospitals have no matrix.
    OF_CITY = "select f.body, c.body as matrix, c.at from facility f
        left join capability c on c.facility_id = f.id and c.version = (select max(o.version) from capability o
            where o.facility_id = f.id)
        where f.kind not in ('city_office', 'hospital') order by f.id limit $1";
}

row! {
    /// A facility of the city, with what it says that it can take on. Nothing of its residents.
    pub struct OfCity {
        /// The facility's facts, as JSON.
        body: Vec<u8>,
        matrix: Option<String>,
        at: Option<Moment>,
    }
}

/// Up to `limit` facilities with their matrices: what a facility tells the whole city.
pub async fn of_city(store: &Store, limit: i64) -> Result<Vec<OfCity>, StoreError> {
    store.db().all(OF_CITY, args![limit]).await
}
