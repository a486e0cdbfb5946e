/** The Positions page. */
export default function PositionsPage() {
  return <h2 className="p-4 font-semibold text-lg">Positions</h2>;
}
