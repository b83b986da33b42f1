//! WebKitGTK, whose bindings have no words for content rules.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null_mut;

use gtk::glib::prelude::ObjectExt;
use gtk::glib::thread_guard::ThreadGuard;
use gtk::glib::translate::{ToGlibPtr, from_glib_full};
use gtk::glib::{Bytes, Error, gobject_ffi::GObject};
use tauri::WebviewWindow;
use tauri::webview::NewWindowFeatures;
use url::Url;
use webkit2gtk::ffi::{
    WebKitUserContentFilter, WebKitUserContentFilterStore, webkit_user_content_filter_ref,
    webkit_user_content_filter_store_new, webkit_user_content_filter_store_save,
    webkit_user_content_filter_store_save_finish, webkit_user_content_filter_unref,
    webkit_user_content_manager_add_filter,
};
use webkit2gtk::{UserContentManager, UserContentManagerExt, WebView, WebViewExt};

/// Under which name a window's view keeps its rules, for those that it opens.
const KEY: &str = "mashdesk-fence";

/// What the file with compiled rules is called. Each window's take the place of
/// the last one's there; whoever has the old ones keeps them.
const FILE: &CStr = c"rules";

/// Rules, compiled.
struct Fence(*mut WebKitUserContentFilter);

impl Fence {
    fn put_on(&self, content: &UserContentManager) {
        content.remove_all_filters();
        // SAFETY: both live, and the manager holds the filter from here on.
        unsafe { webkit_user_content_manager_add_filter(content.to_glib_none().0, self.0) };
    }
}

impl Clone for Fence {
    fn clone(&self) -> Self {
        // SAFETY: it lives, and is one reference richer.
        Self(unsafe { webkit_user_content_filter_ref(self.0) })
    }
}

impl Drop for Fence {
    fn drop(&mut self) {
        // SAFETY: each value has one reference of its own.
        unsafe { webkit_user_content_filter_unref(self.0) };
    }
}

/// Puts rules on a window, and sends it to its mashup when they hold, and it
/// still goes there.
pub(in crate::windows) fn navigate(
    window: &WebviewWindow,
    url: &Url,
    rules: &str,
    folder: &Path,
    goes: impl FnOnce(Result<(), String>) -> bool + Send + 'static,
) -> tauri::Result<()> {
    let (url, rules, folder) = (url.clone(), rules.to_owned(), folder.to_owned());
    window.with_webview(move |webview| {
        let view = webview.inner().downgrade();
        compile(&rules, &folder, move |compiled| {
            // Closed meanwhile: there is nothing to go anywhere.
            let Some(view) = view.upgrade() else { return };
            let holds = compiled.map(|fence| {
                if let Some(content) = view.user_content_manager() {
                    fence.put_on(&content);
                }
                // SAFETY: nothing else keeps anything under this name.
                unsafe { view.set_data(KEY, fence) };
            });
            if goes(holds) {
                view.load_uri(url.as_str());
            }
        });
    })
}

/// Gives a window the rules of the one that opens it, before its page loads.
pub(in crate::windows) fn share(
    features: &NewWindowFeatures,
) -> impl FnOnce(&WebviewWindow) -> tauri::Result<()> + use<> {
    // Windows are opened, and reached, on the main thread only.
    let fence = ThreadGuard::new(fence_of(&features.opener().webview));
    move |window| {
        window.with_webview(move |webview| {
            let view = webview.inner();
            if let (Some(fence), Some(content)) = (fence.into_inner(), view.user_content_manager()) {
                fence.put_on(&content);
                // SAFETY: nothing else keeps anything under this name.
                unsafe { view.set_data(KEY, fence) };
            }
        })
    }
}

fn fence_of(view: &WebView) -> Option<Fence> {
    // SAFETY: whatever is kept under this name is a fence, and lives as long
    // as the view.
    unsafe { view.data::<Fence>(KEY).map(|fence| fence.as_ref().clone()) }
}

fn path(folder: &Path) -> Result<CString, std::ffi::NulError> {
    CString::new(folder.as_os_str().as_bytes())
}

/// Compiles rules, in a file in `folder`, and says so on the main thread.
fn compile(rules: &str, folder: &Path, done: impl FnOnce(Result<Fence, String>) + 'static) {
    type Done = Box<dyn FnOnce(Result<Fence, String>)>;

    unsafe extern "C" fn saved(
        store: *mut GObject,
        result: *mut gtk::gio::ffi::GAsyncResult,
        done: gtk::glib::ffi::gpointer,
    ) {
        let mut error = null_mut();
        // SAFETY: the arguments are those of the call below, which it answers
        // once; an error is the caller's.
        unsafe {
            let done = Box::from_raw(done.cast::<Done>());
            let filter = webkit_user_content_filter_store_save_finish(store.cast(), result, &mut error);
            done(if filter.is_null() {
                let error: Error = from_glib_full(error);
                Err(error.message().to_owned())
            } else {
                Ok(Fence(filter))
            });
        }
    }

    let Ok(folder) = path(folder) else {
        return done(Err("a path with a zero in it".to_owned()));
    };
    let done: Box<Done> = Box::new(Box::new(done));
    let rules = Bytes::from(rules.as_bytes());
    // SAFETY: the store is the call's own until it is answered; the texts are
    // copied; what is to be done is taken back by `saved`, once.
    unsafe {
        let store: *mut WebKitUserContentFilterStore = webkit_user_content_filter_store_new(folder.as_ptr());
        webkit_user_content_filter_store_save(
            store,
            FILE.as_ptr(),
            rules.to_glib_none().0,
            null_mut(),
            Some(saved),
            Box::into_raw(done).cast(),
        );
        gtk::glib::gobject_ffi::g_object_unref(store.cast());
    }
}
