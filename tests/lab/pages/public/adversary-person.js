// What a page asks the person for. These run at a real click, as webviews want it.

(() => {
  const { attack, wait } = adversary;
  const AT_A_CLICK = ['gesture'];
  const media = () => {
    if (!navigator.mediaDevices?.getUserMedia) throw new Missing('no mediaDevices');
    return navigator.mediaDevices;
  };
  const stream = async (asked) => {
    try {
      return `a stream of ${(await asked).getTracks().length}`;
    } catch (error) {
      // Nothing is there to be asked for.
      if (['OverconstrainedError', 'NotFoundError'].includes(error.name)) throw new Missing(error.message);
      throw error;
    }
  };

  attack('permission.clipboard', AT_A_CLICK, async () => {
    if (!navigator.clipboard?.readText) throw new Missing('no clipboard');
    return `what was copied: ${await navigator.clipboard.readText()}`;
  });
  attack('permission.paste', AT_A_CLICK, () => {
    const field = document.createElement('textarea');
    document.body.append(field);
    field.focus();
    const done = document.execCommand('paste');
    const { value } = field;
    field.remove();
    if (!done || !value) throw new Error('nothing is pasted');
    return value;
  });
  attack('permission.camera', AT_A_CLICK, () => stream(media().getUserMedia({ video: true })));
  attack('permission.microphone', AT_A_CLICK, () => stream(media().getUserMedia({ audio: true })));
  attack('permission.screen', AT_A_CLICK, () => {
    if (!media().getDisplayMedia) throw new Missing('no getDisplayMedia');
    return stream(media().getDisplayMedia({ video: true }));
  });
  attack('permission.geolocation', AT_A_CLICK, () => new Promise((got, refused) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => got(`${coords.latitude}`),
      // 1 is PERMISSION_DENIED; anything else was allowed to look.
      ({ code, message }) => (code === 1 ? refused(new Error(message)) : got(`it may look: ${message}`)),
    );
  }));
  attack('permission.notification', AT_A_CLICK, async () => {
    if (!self.Notification) throw new Missing('no Notification');
    const said = await Notification.requestPermission();
    if (said !== 'granted') throw new Error(said);
    return said;
  });
  attack('permission.pointer_lock', AT_A_CLICK, () => new Promise((got, refused) => {
    if (!document.body.requestPointerLock) throw new Missing('no pointer lock');
    document.addEventListener('pointerlockchange', () => {
      if (!document.pointerLockElement) return;
      got('the pointer is caught');
      document.exitPointerLock();
    });
    document.addEventListener('pointerlockerror', () => refused(new Error('an error event')));
    document.body.requestPointerLock()?.catch?.(refused);
  }));
  attack('permission.devices', AT_A_CLICK, async () => {
    const labels = (await media().enumerateDevices()).map(({ label }) => label).filter(Boolean);
    if (!labels.length) throw new Error('no device is named');
    return labels.join(', ');
  });
})();
