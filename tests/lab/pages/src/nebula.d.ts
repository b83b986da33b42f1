// Qlik's charts come without types of their own.

declare module '@nebula.js/sn-*' {
  import type { stardust } from '@nebula.js/stardust';

  const chart: stardust.Visualization;
  export default chart;
}
