//! An open app: its data, its objects, what is selected in it, and how that came about.

use std::{collections::BTreeMap, sync::Arc};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    cells::View,
    hypercube::{Cube, HyperCubeDef, ListObjectDef},
    model::{Association, Model, Selections, State},
    properties::Properties,
    rpc::RpcError,
    stored,
};
use crate::apps::App;

#[derive(Debug)]
pub(super) struct OpenApp {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) model: Model,
    selections: Selections,
    /// What the selections make of the model.
    pub(super) association: Association,
    history: History,
    /// By object id, the app's own objects and the session's.
    pub(super) objects: BTreeMap<String, Properties>,
    modal: Option<Modal>,
    /// What is being searched for, by object.
    pub(super) searches: BTreeMap<String, String>,
    /// The cubes that were asked for since something changed, by object and path.
    cubes: BTreeMap<(String, String), Arc<Cube>>,
}

/// Selections to go back to, and those that were gone back from.
#[derive(Debug, Default)]
struct History {
    back: Vec<Selections>,
    forward: Vec<Selections>,
}

/// An object in selection mode, and what was selected before.
#[derive(Debug)]
struct Modal {
    object: String,
    before: Selections,
    /// Its rows stay what they were, in the order that they had.
    association: Association,
}

/// What a path into an object's properties leads to.
pub(super) enum Source {
    Cube(HyperCubeDef),
    List(ListObjectDef),
}

impl OpenApp {
    pub(super) fn of(app: &App) -> Self {
        let model = Model::of(app.table());
        let selections = Selections::default();
        Self {
            id: app.id.clone(),
            title: app.title.clone(),
            association: model.associate(&selections),
            model,
            selections,
            history: History::default(),
            objects: stored::objects(),
            modal: None,
            searches: BTreeMap::new(),
            cubes: BTreeMap::new(),
        }
    }

    pub(super) fn selections(&self) -> &Selections {
        &self.selections
    }

    /// Changes what is selected; outside of the selection mode each change is a step to go back.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Selections) -> T) -> T {
        let before = self.selections.clone();
        let done = change(&mut self.selections);
        if self.selections != before {
            if self.modal.is_none() {
                self.history.record(before);
            }
            self.reassociate();
        }
        done
    }

    fn reassociate(&mut self) {
        self.association = self.model.associate(&self.selections);
        self.forget_cubes();
    }

    pub(super) fn forget_cubes(&mut self) {
        self.cubes.clear();
    }

    /// Goes a step back, or a step forward again.
    pub(super) fn step(&mut self, back: bool) -> bool {
        self.end_modal(true);
        let History { back: behind, forward: ahead } = &mut self.history;
        let (from, to) = if back { (behind, ahead) } else { (ahead, behind) };
        let Some(selections) = from.pop() else { return false };
        to.push(std::mem::replace(&mut self.selections, selections));
        self.reassociate();
        true
    }

    /// How many steps there are back, and forward.
    pub(super) fn steps(&self) -> (usize, usize) {
        (self.history.back.len(), self.history.forward.len())
    }

    pub(super) fn begin_modal(&mut self, object: &str) -> Result<(), RpcError> {
        if self.modal.as_ref().is_some_and(|modal| modal.object != object) {
            return Err(RpcError::Modal(object.to_owned()));
        }
        if self.modal.is_none() {
            let (before, association) = (self.selections.clone(), self.association.clone());
            self.modal = Some(Modal { object: object.to_owned(), before, association });
        }
        Ok(())
    }

    /// Ends the selection mode, if there is any: what was selected in it is one step, or is gone.
    pub(super) fn end_modal(&mut self, accept: bool) {
        let Some(Modal { before, .. }) = self.modal.take() else { return };
        if !accept {
            self.selections = before;
        } else if self.selections != before {
            self.history.record(before);
        }
        self.reassociate();
    }

    /// Takes back what was selected since the selection mode began, and stays in it.
    pub(super) fn reset_modal(&mut self) {
        if let Some(modal) = &self.modal {
            self.selections = modal.before.clone();
            self.reassociate();
        }
    }

    /// What the object's selection mode has changed so far, if it is in that.
    pub(super) fn modal_of(&self, object: &str) -> Option<bool> {
        let modal = self.modal.as_ref().filter(|modal| modal.object == object)?;
        Some(modal.before != self.selections)
    }

    /// The definition that a path into an object leads to.
    pub(super) fn source(&self, object: &str, path: &str) -> Result<Source, RpcError> {
        fn read<T: DeserializeOwned>(definition: &Value) -> Option<T> {
            T::deserialize(definition).ok()
        }
        let wrong = || RpcError::Path(path.to_owned());
        let properties = self.objects.get(object).ok_or_else(|| RpcError::NotFound(object.into()))?;
        let definition = properties.effective().pointer(path).ok_or_else(wrong)?;
        match path.rsplit('/').next() {
            Some("qHyperCubeDef") => read(definition).map(Source::Cube).ok_or_else(wrong),
            Some("qListObjectDef") => read(definition).map(Source::List).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }

    /// The cube or list there, as the selections leave it.
    pub(super) fn cube(&mut self, object: &str, path: &str) -> Result<Arc<Cube>, RpcError> {
        let key = (object.to_owned(), path.to_owned());
        if let Some(cube) = self.cubes.get(&key) {
            return Ok(cube.clone());
        }
        let frozen = self.modal.as_ref().filter(|modal| modal.object == object);
        let association = frozen.map_or(&self.association, |modal| &modal.association);
        let search = self.searches.get(object).map(String::as_str);
        let cube = Arc::new(self.source(object, path)?.calculate(&self.model, association, search)?);
        self.cubes.insert(key, cube.clone());
        Ok(cube)
    }

    pub(super) fn view<'a>(&'a self, cube: &'a Cube) -> View<'a> {
        View { cube, model: &self.model, states: &self.association.states }
    }

    /// The values of a field that are in one of these states.
    pub(super) fn values(&self, field: usize, wanted: &[State]) -> Vec<u32> {
        let states = (0..).zip(&self.association.states[field]);
        states.filter(|(_, state)| wanted.contains(state)).map(|(value, _)| value).collect()
    }
}

impl History {
    fn record(&mut self, before: Selections) {
        self.back.push(before);
        self.forward.clear();
    }
}

impl Source {
    pub(super) fn calculate(
        &self,
        model: &Model,
        association: &Association,
        search: Option<&str>,
    ) -> Result<Cube, RpcError> {
        match self {
            Self::Cube(cube) => cube.calculate(model, &association.included),
            Self::List(list) => list.calculate(model, &association.states, search),
        }
    }

    /// The fields that can be selected in.
    pub(super) fn fields(&self, model: &Model) -> Result<Vec<usize>, RpcError> {
        match self {
            Self::Cube(cube) => cube.fields(model),
            Self::List(list) => Ok(vec![list.field(model)?]),
        }
    }
}
