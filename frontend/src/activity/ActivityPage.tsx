/** The Activity page. */
export default function ActivityPage() {
  return <h2 className="p-4 font-semibold text-lg">Activity</h2>;
}
