//! A real proxy: Debian's Squid, built with OpenSSL, which can ask who asks and
//! look into what is encrypted.

use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::desktop::until;

/// What its own authority is called.
pub(super) const AUTHORITY: &str = "Acme inspecting proxy";
const FOLDER: &str = "/usr/lib/squid";

/// What it does besides passing on.
pub(super) enum Manner<'a> {
    /// Asks for a name and a password.
    Asks { name: &'a str, password: &'a str },
    /// Opens what is encrypted, and signs it anew; trusts this file's authorities.
    Inspects { trusted: &'a Path },
}

/// The proxy, running for as long as the value lives.
pub(super) struct Squid {
    pub(super) port: u16,
    process: Child,
    folder: TempDir,
}

impl Squid {
    pub(super) fn start(manner: &Manner<'_>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let place = folder.path().display().to_string();
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let (mut listen, mut access) = (String::new(), "http_access allow all".to_owned());
        let more;
        match manner {
            Manner::Asks { name, password } => {
                let hash = said("openssl", &["passwd", "-apr1", password])?;
                fs::write(folder.path().join("passwd"), format!("{name}:{}\n", hash.trim()))?;
                more = format!(
                    "auth_param basic program {FOLDER}/basic_ncsa_auth {place}/passwd\nacl known proxy_auth REQUIRED\n"
                );
                access = "http_access allow known\nhttp_access deny all".to_owned();
            }
            // Of an address Squid says that no certificate is for it; names differ.
            Manner::Inspects { trusted } => {
                let subject = format!("/CN={AUTHORITY}");
                let (key, ca) = (format!("{place}/key.pem"), format!("{place}/ca.pem"));
                said(
                    "openssl",
                    &[
                        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &subject,
                        "-keyout", &key, "-out", &ca,
                    ],
                )?;
                let store = format!("{place}/certificates");
                said(&format!("{FOLDER}/security_file_certgen"), &["-c", "-s", &store, "-M", "4MB"])?;
                listen = format!(
                    " ssl-bump tls-cert={ca} tls-key={key} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB"
                );
                more = format!(
                    "sslcrtd_program {FOLDER}/security_file_certgen -s {store} -M 4MB\n\
                     tls_outgoing_options cafile={}\nssl_bump stare all\nssl_bump bump all\nsslproxy_cert_error allow all\n",
                    trusted.display()
                );
            }
        }
        let config = format!(
            "http_port 127.0.0.1:{port}{listen}\n{more}{access}\n\
             http_upgrade_request_protocols websocket allow all\ncache deny all\nvisible_hostname proxy.acme.example\n\
             access_log stdio:{place}/access.log\nlogfile_rotate 0\ncache_log {place}/cache.log\n\
             pid_filename none\ncoredump_dir {place}\nshutdown_lifetime 0 seconds\nbuffered_logs off\n"
        );
        let file = folder.path().join("squid.conf");
        fs::write(&file, config)?;
        // As root it runs as somebody else, who must get at its folder.
        said("chmod", &["-R", "a+rwX", &place])?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777))?;
        let mut process = Command::new("squid")
            .args(["-N", "-f", &file.display().to_string()])
            .env("PATH", "/usr/sbin:/usr/bin:/bin")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("squid")?;
        until("the proxy", || {
            if let Some(ended) = process.try_wait()? {
                let log = fs::read_to_string(folder.path().join("cache.log")).unwrap_or_default();
                bail!("squid ended with {ended}\n{log}");
            }
            Ok(TcpStream::connect(("127.0.0.1", port)).ok())
        })?;
        Ok(Self { port, process, folder })
    }

    /// Where it answers.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The authority that it signs with, as a file's text.
    pub(super) fn authority(&self) -> Result<String> {
        Ok(fs::read_to_string(self.folder.path().join("ca.pem"))?)
    }

    /// What has passed through it, a line each; but for the knock that found it
    /// there.
    pub(super) fn passed(&self) -> Result<Vec<String>> {
        let log = fs::read_to_string(self.folder.path().join("access.log"))?;
        let knocked = |line: &&str| line.contains("transaction-end-before-headers");
        Ok(log.lines().filter(|line| !knocked(line)).map(str::to_owned).collect())
    }
}

impl Drop for Squid {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
