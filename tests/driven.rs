//! A page driven by WebDriver (W3C): the launcher of the real `mashdesk` by
//! WebKitWebDriver, and the person's own browser by ChromeDriver.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::child::Computer;
use crate::desktop::{PATIENCE, until};
use crate::processes;

pub(crate) struct Driven {
    driver: Child,
    client: Client,
    runtime: Handle,
}

impl Driven {
    /// Starts the app on a computer; its launcher is what is driven.
    pub(crate) fn launcher(computer: &Computer, arguments: &[&str], runtime: &Handle) -> Result<Self> {
        let mut driver = computer.program("WebKitWebDriver")?;
        driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let arguments = [&computer.arguments()[..], arguments].concat();
        let app = json!({"binary": computer.binary(), "args": arguments});
        Self::start(driver, json!({"webkitgtk:browserOptions": app}), runtime)
    }

    /// Starts the person's browser.
    pub(crate) fn browser(runtime: &Handle) -> Result<Self> {
        // Root has no sandbox of Chromium's.
        let options = json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu"]});
        Self::start(Command::new("chromedriver"), json!({"goog:chromeOptions": options}), runtime)
    }

    fn start(mut driver: Command, wanted: Value, runtime: &Handle) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let name = driver.get_program().to_owned();
        let mut driver = driver
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} could not be started", name.display()))?;
        let connected = (|| {
            until("a WebDriver", || {
                if let Some(ended) = driver.try_wait()? {
                    bail!("{} ended with {ended}", name.display());
                }
                Ok(TcpStream::connect(("127.0.0.1", port)).ok())
            })?;
            let mut client = ClientBuilder::new(HttpConnector::new());
            client.capabilities(serde_json::from_value(wanted)?);
            let address = format!("http://127.0.0.1:{port}");
            let connected =
                runtime.block_on(async { tokio::time::timeout(PATIENCE, client.connect(&address)).await });
            Ok(connected.context("what is to be driven did not come")??)
        })();
        match connected {
            Ok(client) => Ok(Self { driver, client, runtime: runtime.clone() }),
            Err(error) => {
                // Gone already is as good.
                let _ = driver.kill();
                let _ = driver.wait();
                Err(error)
            }
        }
    }

    pub(crate) fn go_to(&self, url: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.goto(url))?)
    }

    /// Waits for an element, and clicks it.
    pub(crate) fn click(&self, selector: &str) -> Result<()> {
        self.is_there(selector)?;
        self.runtime.block_on(async {
            self.client.find(Locator::Css(selector)).await?.click().await?;
            Ok(())
        })
    }

    /// Waits for a field, and types into it, in place of what is there; a new
    /// line is the Enter key.
    pub(crate) fn write(&self, selector: &str, text: &str) -> Result<()> {
        self.is_there(selector)?;
        self.runtime.block_on(async {
            let field = self.client.find(Locator::Css(selector)).await?;
            field.click().await?;
            let all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
            field.send_keys(&format!("{all}{}", char::from(Key::Backspace))).await?;
            if !text.is_empty() {
                field.send_keys(&text.replace('\n', &char::from(Key::Enter).to_string())).await?;
            }
            Ok(())
        })
    }

    /// Presses a key together with Control.
    pub(crate) fn press_with_control(&self, key: char) -> Result<()> {
        self.runtime.block_on(async {
            let chord = format!("{}{key}{}", char::from(Key::Control), char::from(Key::Null));
            self.client.active_element().await?.send_keys(&chord).await?;
            Ok(())
        })
    }

    /// What an expression of JavaScript is worth there.
    pub(crate) fn look(&self, expression: &str) -> Result<Value> {
        Ok(self.runtime.block_on(self.client.execute(&format!("return {expression}"), vec![]))?)
    }

    /// The code that one of the app's commands is refused with.
    pub(crate) fn refusal(&self, command: &str, arguments: &Value) -> Result<String> {
        let ask = format!(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke({}, {arguments})
               .then(() => done('done'), (refused) => done(refused?.code ?? String(refused)));",
            json!(format!("plugin:mashdesk|{command}"))
        );
        let answer = self.runtime.block_on(self.client.execute_async(&ask, vec![]))?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an element is there.
    pub(crate) fn is_there(&self, selector: &str) -> Result<()> {
        let there = format!("document.querySelector({}) !== null", json!(selector));
        until(selector, || Ok((self.look(&there)? == true).then_some(())))
    }

    /// Waits until an element is gone.
    pub(crate) fn is_gone(&self, selector: &str) -> Result<()> {
        let gone = format!("document.querySelector({}) === null", json!(selector));
        until(&format!("no {selector}"), || Ok((self.look(&gone)? == true).then_some(())))
    }

    /// Waits for an element that says something, and answers what.
    pub(crate) fn text(&self, selector: &str) -> Result<String> {
        let text = format!("document.querySelector({})?.textContent.trim()", json!(selector));
        until(selector, || {
            let text = self.look(&text)?;
            Ok(text.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
        })
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        // An app that outlives its driver would answer for the next one.
        let driven = processes::tree(self.driver.id()).unwrap_or_default();
        let apps = driven.into_iter().filter(|process| process.name == "mashdesk");
        // An app that has quit drives no more, and is gone already.
        let _ = self.runtime.block_on(self.client.clone().close());
        for app in apps {
            let told = Command::new("kill").args(["-s", "TERM", &app.pid.to_string()]).status();
            let gone = || Ok((!Path::new(&format!("/proc/{}/exe", app.pid)).exists()).then_some(()));
            if told.is_ok_and(|told| told.success())
                && let Err(error) = until("the driven app to end", gone)
            {
                eprintln!("{error:#}");
            }
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
