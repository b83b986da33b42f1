//! The documents that IT needs are made from the policy's type: with
//! `MASHDESK_WRITE_POLICY=1` this test writes them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Policy;

#[test]
fn policy_templates_are_current() {
    let schema = schemars::schema_for!(Policy).to_value();
    let fields = fields(&schema);
    let json = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
    let documents = [
        ("docs/policy.schema.json", json),
        ("src-tauri/packaging/windows/mashdesk.admx", admx(&fields)),
        ("src-tauri/packaging/windows/en-US/mashdesk.adml", adml(&fields)),
        ("src-tauri/packaging/macos/mashdesk.mobileconfig", profile(&fields)),
    ];
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    for (file, fresh) in documents {
        let path = top.join(file);
        if std::env::var_os("MASHDESK_WRITE_POLICY").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, &fresh).expect("written");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == fresh, "{file} is stale: run `cargo xtask bindings`");
    }
}

/// The macOS sources and the profile speak of one domain.
#[test]
fn the_profile_is_for_the_domain_that_the_app_reads() {
    let shell = include_str!("../../../../src/policy/macos.rs");
    assert!(shell.contains(&format!("\"{DOMAIN}.plist\"")));
}

const DOMAIN: &str = "app.mashdesk.desktop";

/// One value, as the documents have it.
struct Field {
    name: String,
    title: String,
    explained: String,
    kind: Kind,
}

enum Kind {
    Switch,
    Text,
    Texts,
    /// Values and what each means, where that is said.
    Choice(Vec<(String, String)>),
}

fn fields(schema: &Value) -> Vec<Field> {
    let properties = schema["properties"].as_object().expect("properties");
    let field = |(name, property): (&String, &Value)| Field {
        name: name.clone(),
        title: property["title"].as_str().expect("a title: #[schemars(title = …)]").to_owned(),
        explained: property["description"].as_str().expect("a doc comment").replace('\n', " "),
        kind: kind(resolved(property, schema)),
    };
    properties.iter().map(field).collect()
}

/// What stands behind a reference, and behind "or null".
fn resolved<'a>(property: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = property["$ref"].as_str() {
        return schema.pointer(reference.trim_start_matches('#')).expect("a definition");
    }
    match property["anyOf"].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null")) {
        Some(one) => resolved(one, schema),
        None => property,
    }
}

fn kind(property: &Value) -> Kind {
    let is = |name: &str| {
        property["type"] == name
            || property["type"].as_array().is_some_and(|all| all.iter().any(|t| t == name))
    };
    if is("boolean") {
        return Kind::Switch;
    }
    if is("array") {
        return Kind::Texts;
    }
    let listed = property["enum"].as_array().into_iter().flatten();
    let described = property["oneOf"].as_array().into_iter().flatten();
    let mut choices: Vec<(String, String)> =
        listed.map(|value| (value.as_str().expect("a text").to_owned(), String::new())).collect();
    for one in described {
        let words = one["description"].as_str().unwrap_or_default().replace('\n', " ");
        match (one["const"].as_str(), one["enum"].as_array()) {
            (Some(value), _) => choices.push((value.to_owned(), words)),
            (None, Some(values)) => {
                choices
                    .extend(values.iter().filter_map(Value::as_str).map(|v| (v.to_owned(), words.clone())));
            }
            (None, None) => {}
        }
    }
    if choices.is_empty() { Kind::Text } else { Kind::Choice(choices) }
}

fn admx(fields: &[Field]) -> String {
    let mut out = String::from(
        r#"<?xml version="1.0" encoding="utf-8"?>
<!-- Made from the type `Policy` in src-tauri/crates/core/src/policy.rs. -->
<policyDefinitions xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="mashdesk" namespace="Mashdesk.Policies.Mashdesk" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <supportedOn>
    <definitions>
      <definition name="any" displayName="$(string.supported)" />
    </definitions>
  </supportedOn>
  <categories>
    <category name="mashdesk" displayName="$(string.mashdesk)" />
  </categories>
  <policies>
"#,
    );
    for Field { name, kind, .. } in fields {
        let switch = matches!(kind, Kind::Switch);
        let more = if switch {
            format!(r#"valueName="{name}""#)
        } else {
            format!(r#"presentation="$(presentation.{name})""#)
        };
        let body = match kind {
            Kind::Switch => "      <enabledValue><decimal value=\"1\" /></enabledValue>\n      \
                             <disabledValue><decimal value=\"0\" /></disabledValue>\n"
                .to_owned(),
            Kind::Text => elements(&format!(r#"<text id="{name}" valueName="{name}" required="true" />"#)),
            Kind::Texts => {
                elements(&format!(r#"<multiText id="{name}" valueName="{name}" required="true" />"#))
            }
            Kind::Choice(choices) => {
                let items: String = choices
                    .iter()
                    .map(|(value, _)| {
                        format!(
                            "          <item displayName=\"$(string.{name}_{value})\"><value><string>{value}</string></value></item>\n"
                        )
                    })
                    .collect();
                elements(&format!(
                    "<enum id=\"{name}\" valueName=\"{name}\" required=\"true\">\n{items}        </enum>"
                ))
            }
        };
        let _ = write!(
            out,
            r#"    <policy name="{name}" class="Both" displayName="$(string.{name})" explainText="$(string.{name}_explained)" key="Software\Policies\Mashdesk" {more}>
      <parentCategory ref="mashdesk" />
      <supportedOn ref="any" />
{body}    </policy>
"#
        );
    }
    out + "  </policies>\n</policyDefinitions>\n"
}

fn elements(element: &str) -> String {
    format!("      <elements>\n        {element}\n      </elements>\n")
}

fn adml(fields: &[Field]) -> String {
    let mut strings = String::new();
    let mut presentations = String::new();
    for Field { name, title, explained, kind } in fields {
        let (shown, words) = (xml(title), xml(explained));
        let _ = writeln!(strings, "      <string id=\"{name}\">{shown}</string>");
        let _ = writeln!(strings, "      <string id=\"{name}_explained\">{words}</string>");
        let control = match kind {
            Kind::Switch => continue,
            Kind::Text => format!("<textBox refId=\"{name}\"><label>{shown}</label></textBox>"),
            Kind::Texts => format!("<multiTextBox refId=\"{name}\" showAsDialog=\"false\" />"),
            Kind::Choice(choices) => {
                for (value, words) in choices {
                    let words = if words.is_empty() { value.clone() } else { format!("{value}: {words}") };
                    let _ = writeln!(strings, "      <string id=\"{name}_{value}\">{}</string>", xml(&words));
                }
                format!("<dropdownList refId=\"{name}\" noSort=\"true\">{shown}</dropdownList>")
            }
        };
        let _ = writeln!(
            presentations,
            "      <presentation id=\"{name}\">\n        {control}\n      </presentation>"
        );
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<!-- Made from the type `Policy` in src-tauri/crates/core/src/policy.rs. -->
<policyDefinitionResources xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <displayName>Mashdesk</displayName>
  <description>Settings of Mashdesk that IT manages</description>
  <resources>
    <stringTable>
      <string id="mashdesk">Mashdesk</string>
      <string id="supported">Every version of Mashdesk</string>
{strings}    </stringTable>
    <presentationTable>
{presentations}    </presentationTable>
  </resources>
</policyDefinitionResources>
"#
    )
}

/// A profile that settles the website, and says how to settle the rest.
fn profile(fields: &[Field]) -> String {
    let mut rest = String::new();
    for Field { name, explained, kind, .. } in fields.iter().filter(|field| field.name != "website") {
        let value = match kind {
            Kind::Switch => "<true/>".to_owned(),
            Kind::Text => "<string>…</string>".to_owned(),
            Kind::Texts => "<array><string>…</string></array>".to_owned(),
            Kind::Choice(choices) => {
                let values: Vec<&str> = choices.iter().map(|(value, _)| value.as_str()).collect();
                format!("<string>{}</string>", values.join("|"))
            }
        };
        let words = xml(explained).replace("--", "—");
        let _ = write!(
            rest,
            "            <!-- {words}\n            <key>{name}</key>\n            {value}\n            -->\n"
        );
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Made from the type `Policy` in src-tauri/crates/core/src/policy.rs. Give both
     payloads UUIDs of your own. -->
<plist version="1.0">
<dict>
    <key>PayloadType</key>
    <string>Configuration</string>
    <key>PayloadVersion</key>
    <integer>1</integer>
    <key>PayloadIdentifier</key>
    <string>{DOMAIN}.policy</string>
    <key>PayloadUUID</key>
    <string>6D3E9A0C-5A43-4B0C-9E5E-1F2A60D1B001</string>
    <key>PayloadDisplayName</key>
    <string>Mashdesk</string>
    <key>PayloadScope</key>
    <string>System</string>
    <key>PayloadContent</key>
    <array>
        <dict>
            <key>PayloadType</key>
            <string>{DOMAIN}</string>
            <key>PayloadVersion</key>
            <integer>1</integer>
            <key>PayloadIdentifier</key>
            <string>{DOMAIN}.policy.values</string>
            <key>PayloadUUID</key>
            <string>6D3E9A0C-5A43-4B0C-9E5E-1F2A60D1B002</string>
            <key>website</key>
            <string>https://portal.example.com</string>
{rest}        </dict>
    </array>
</dict>
</plist>
"#
    )
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
