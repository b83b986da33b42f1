// The adversary in a worker of any kind. Each window's kind of worker is told by its address.
importScripts(...['adversary.js', 'adversary-storage.js', 'adversary-local.js', 'adversary-ipc.js'].map(
  (file) => new URL(file, self.location.href).href,
));
adversary.begin();
