// Keeps the last canary that any page gave it.
"use strict";

let canary = null;

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    canary = data ?? canary;
    port.postMessage(canary);
  };
};
