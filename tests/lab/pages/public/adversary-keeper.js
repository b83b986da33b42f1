// A shared worker that keeps one word for whoever reaches it.
let kept;
onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data !== 'tell') kept = data;
    port.postMessage(kept);
  };
};
