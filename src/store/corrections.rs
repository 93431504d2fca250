//! Corrections: areas that a person gave an item or took from it, which outlast every new tagging.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    dialect::{Durable, ours, pieces},
    row::{Columns, ITEM, from_json, to_json, to_ms},
};
use crate::model::{AreaId, AreaTag, Evidence, Field, Item, ItemId};

/// Given (true) or taken (false) by a person.
pub(super) type Correction = (AreaId, bool, String);

impl Store {
    /// Gives items new areas; what a person gave or took is kept. Returns what they have now.
    pub async fn retag(
        &self,
        tags: &[(ItemId, Vec<AreaTag>)],
    ) -> Result<Vec<(ItemId, Vec<AreaTag>)>> {
        let mut now = Vec::with_capacity(tags.len());
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let ids: Vec<&str> = tags.iter().map(|(id, _)| id.as_str()).collect();
        let corrections = self.corrections_of(&mut transaction, &ids).await?;
        for (id, areas) in tags {
            let areas = corrected(areas.clone(), corrections.get(id.as_str()));
            set_areas(&mut transaction, id, &areas).await?;
            now.push((id.clone(), areas));
        }
        transaction.commit().await?;
        Ok(now)
    }

    /// The items that a person corrected, as they are tagged now, those stored first first.
    pub async fn corrected_items(&self) -> Result<Vec<Item>> {
        let text = format!(
            "SELECT {ITEM} FROM items i WHERE i.id IN (SELECT item FROM corrections) ORDER BY i.no"
        );
        sqlx::query(ours(text))
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(|row| Columns::of(row).item())
            .collect()
    }

    /// What persons said of an item's areas: given (true) or taken (false), by whom and when.
    pub async fn corrections(
        &self,
        id: &ItemId,
    ) -> Result<Vec<(AreaId, bool, String, DateTime<Utc>)>> {
        sqlx::query(
            "SELECT area, given, decided_by, decided FROM corrections WHERE item = $1 \
             ORDER BY decided, area",
        )
        .bind(id.as_str())
        .fetch_all(self.pool())
        .await?
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok((
                AreaId::new(columns.text()?),
                columns.number()? == 1,
                columns.string()?,
                columns.time()?,
            ))
        })
        .collect()
    }

    /// A person gives areas to an item and takes others from it, for good.
    pub async fn correct(
        &self,
        id: &ItemId,
        given: &[AreaId],
        taken: &[AreaId],
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<AreaTag>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let areas: Option<String> = sqlx::query_scalar("SELECT areas FROM items WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let areas = areas.ok_or_else(|| StoreError::unknown("item", id))?;
        for (area, given) in given
            .iter()
            .map(|area| (area, true))
            .chain(taken.iter().map(|area| (area, false)))
        {
            sqlx::query(
                "INSERT INTO corrections (item, area, given, decided_by, decided) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (item, area) DO UPDATE SET \
                 given = excluded.given, decided_by = excluded.decided_by, decided = excluded.decided",
            )
            .bind(id.as_str())
            .bind(area.as_str())
            .bind(i64::from(given))
            .bind(by)
            .bind(to_ms(now))
            .execute(&mut *transaction)
            .await?;
        }
        let corrections = self
            .corrections_of(&mut transaction, &[id.as_str()])
            .await?;
        let areas = corrected(from_json(&areas)?, corrections.get(id.as_str()));
        set_areas(&mut transaction, id, &areas).await?;
        transaction.commit().await?;
        Ok(areas)
    }

    pub(super) async fn corrections_of(
        &self,
        transaction: &mut Transaction<'_, Any>,
        ids: &[&str],
    ) -> Result<HashMap<String, Vec<Correction>>> {
        let mut all: HashMap<String, Vec<Correction>> = HashMap::new();
        for piece in pieces(ids) {
            let text = format!(
                "SELECT item, area, given, decided_by FROM corrections WHERE item IN {} \
                 ORDER BY decided, area",
                self.dialect().list(1, piece.len())
            );
            let mut query = sqlx::query(ours(text));
            for id in piece {
                query = query.bind(*id);
            }
            for row in query.fetch_all(&mut **transaction).await? {
                let mut columns = Columns::of(&row);
                all.entry(columns.string()?).or_default().push((
                    AreaId::new(columns.text()?),
                    columns.number()? == 1,
                    columns.string()?,
                ));
            }
        }
        Ok(all)
    }
}

/// The areas that the text earned, with a person's word over them.
pub(super) fn corrected(
    mut areas: Vec<AreaTag>,
    corrections: Option<&Vec<Correction>>,
) -> Vec<AreaTag> {
    for (area, given, by) in corrections.into_iter().flatten() {
        let evidence = Evidence {
            term: by.clone(),
            field: Field::Person,
        };
        let known = areas.iter().position(|tag| tag.id == *area);
        match (known, given) {
            (Some(at), false) => {
                areas.remove(at);
            }
            (Some(at), true) => {
                let mut tag = areas.remove(at);
                tag.score = 1.0;
                tag.evidence.retain(|old| old.field != Field::Person);
                tag.evidence.insert(0, evidence);
                areas.insert(0, tag);
            }
            (None, true) => areas.insert(
                0,
                AreaTag {
                    id: area.clone(),
                    score: 1.0,
                    evidence: vec![evidence],
                },
            ),
            (None, false) => {}
        }
    }
    areas
}

async fn set_areas(
    transaction: &mut Transaction<'_, Any>,
    id: &ItemId,
    areas: &Vec<AreaTag>,
) -> Result<()> {
    sqlx::query("UPDATE items SET areas = $1 WHERE id = $2")
        .bind(to_json(areas))
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
